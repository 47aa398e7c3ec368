"""Email by SMTP (RFC 5321), to a relay of the venture's or to a local sink."""
