"""SpamAssassin: what a common spam filter makes of a mail, with the names of the rules it met."""
