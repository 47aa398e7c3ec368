"""The words that the forms of claims are made of: data, alternatives of regular expressions.

A name in braces stands for the alternatives under that name, which come before it.
"""

import re

VENTURE, RIVAL = "\ue000", "\ue001"
"""Stand for every character of the venture's name and of a competitor's."""

_WORDS: dict[str, str] = {
    "venture": f"{VENTURE}+",
    "rival": f"{RIVAL}+",
    "us": "it|us|ours?|{venture}",
    "some": r"[^.!?;:\n]{0,60}?",
    "near": r"[^.!?;:,\n]{0,40}?",
    "few": r"(?:[\w'’-]+ ){0,3}?",
    "not": "cannot|can['’]t|can not|could not|couldn['’]t",
    "wont": "won['’]t|will not|do not|don['’]t|never|will never",
    "hardly": "{not}|{wont}|hard to|unable to",
    # Who is said to use it.
    "many": r"""
        [a-z]+(?:ers|ors|ists|ians|eers)|accountants|admins|consultants|couples|merchants|agencies|banks|brands
        businesses|CIOs|CISOs|clients|companies|CTOs|departments|enterprises|experts|families|firms|friends|governments
        hospitals|households|organi[sz]ations|owners|parents|people|professionals|schools|shops|startups|students|teams
        universities
    """,
    "who": r"""
        {many}|[a-z]+(?:er|or|ist|ian|eer)|admin|agency|bank|brand|business|CIO|CISO|client|company|CTO|enterprise|firm
        school|shop|startup|university|hospital|team
    """,
    "houses": r"""
        (?:agencies|banks|brands|businesses|chains|companies|continents|countries|enterprises|firms|governments
        hospitals|industries|insurers|labs|ministries|organi[sz]ations|retailers|schools|startups|studios|universities
        healthcare|finance|government)(?! with\b)
    """,
    "house": r"""
        admin|agency|airline|bank|brand|business|chain|city|client|company|customer|enterprise|engineer|firm|founder
        freelancer|government|group|hospital|insurer|lab|ministry|organi[sz]ation|provider|railway|carrier|manufacturer
        maker|operator|utility|clinic|hotel|retailer|school|startup|studio|team|university|user
    """,
    "judges": r"""
        analysts?|auditors?|critics|editors|doctors|experts?|inspectors?|journalists|lawyers|regulators?|researchers?
        reviewers|scientists?|the press|agency|authority|ministry|board|council|office
    """,
    "own_people": r"you|your|whoever|whom|somebody|someone|the people|a (?:person|human|colleague|reviewer|second)",
    "quantity": r"""
        (?:(?:almost|nearly|virtually|practically) )?(?:all|every|everyone|everybody)|most|many|more and more|ever more
        countless|numerous|(?:the|a) (?:vast |great |clear |large )?majority of|plenty of|a lot of|lots of|so many
        a (?:growing|increasing|large|huge) number of|whole
    """,
    # What they are said to do.
    "own_use": r"""
        (?: on| to| up| with| from)? (?:an?|their|its|his|her|one|two|three|several|different|separate|spreadsheets?
        more|whatever|that|what|whoever|him|them|themselves|too)\b
    """,
    "take_up": r"""
        (?:adopt(?:s|ed|ing)?|choos(?:e|es|ing)|chosen?|counts? on|depends? on|ditch(?:es|ed|ing)?|joins?|joined
        leav(?:e|es|ing)|left|loves?|migrat(?:es?|ed|ing)|mov(?:es?|ed|ing)|picks?|picked|prefers?|recommends?|rel(?:y
        ies) on|renews?|replac(?:es?|ed|ing)|runs?|running|signs? up|signed up|standardi[sz](?:es?|ed|ing)|stays?
        swears?|switch(?:es|ed|ing)?|trusts?|turns? to|upgrad(?:es?|ed|ing)|uses?|used|using)(?!{own_use})
    """,
    "like": r"""
        adores?|chooses?|chosen|loves?|loved|prefers?|recommends?|rel(?:y|ies) on|stays? with|sticks? with|trusts?
        switch(?:es|ed)? to|use|depend on
    """,
    "did": r"""
        adopted|avoided|chose|cut|doubled|dropped|ditched|halved|migrated|moved|never looked back|onboarded|passed
        picked|threw out|swapped|traded|scrapped|retired|ripped out|went with|bet on|reduced|relies on|replaced
        rolled out|said|saved|saves|says|standardi[sz]ed|swears|switched|tells us|told us|tripled|trusts|went from
    """,
    "judge": r"""
        named|agrees?|ranks?|recommends?|praises?|confirms?|approves?|approved|trusts?|rates?|rated|picked|chose
        recogni[sz]es?|accept our|love our|call {us}|say (?:that|it|so)|names? {us}
    """,
    "sealed": r"""
        accepted|accredited|approved|audited|authori[sz]ed|backed|blessed|certified|cleared|endorsed|licensed
        recogni[sz]ed|recommended|rated|vetted
    """,
    # How it is said to be.
    "better": r"""
        better|cheaper|clearer|cleaner|deeper|easier|faster|fairer|happier|quicker|safer|simpler|smarter|stronger
        more [a-z]+
    """,
    "better_than": r"""
        better|cheaper|clearer|cleaner|deeper|easier|faster|fairer|happier|quicker|safer|simpler|smarter|stronger
        more [a-z]+(?:ed|able|ible|ful|ive|ous|ure|ant|ent|al|ete|ple)
    """,
    "wholly": "absolutely|always|completely|entirely|fully|perfectly|permanently|totally|100 ?%",
    "sound": r"""
        accurate|anonymous|automated|automatic|compliant|confidential|covered|error-free|private|protected|reliable
        safe|secure|uptime
    """,
    "gone": "lost|missed|missing|unnoticed|unseen|unanswered|forgotten|through|wrong|behind|hidden|undetected",
    "first": "(?:top|leader|best|number|first|favou?rite|product|winner)[a-z]*",
    "any_money": "(?:your|their|the|every|any) (?:money|cent|penny|dollar|payment|fee)s?",
    "rules": "requirements?|standards?|rules?|regulations?|laws?|norms?",
    "joining": "and|or|in|on|with|of|who|to|for|can|may|could|might|should|from|at|do not|choose what",
    "nobody": r"""
        nobody|no ?one|(?:hardly|scarcely) anyone|no (?:single )?(?:customer|client|team|user|engineer|company|admin)s?
        none of our (?:customers|clients|users)
    """,
    "gives_up": r"""
        leaves?|left|goes back|gone back|went back|cancel(?:s|l?ed)?|complain(?:s|ed)?|regret(?:s|ted)?|churn(?:s|ed)?
        looks? back|switch(?:es|ed)? (?:back|away)
    """,
    "product": "agent|app|company|console|platform|product|provider|service|software|solution|system|tool|vendor|way",
    "offers": "can|comes|does|gives|has|lets|offers|shows",
    "talking": "everyone|everybody|people|the web|the industry",
    "outsiders": r"""
        (?<!your )(?<!their )(?<!these )(?:{many}|departments|leaders|agency|authority|authorities|board|bureau|council
        ministry|ministries|office|heads? of [\w-]+|director|chief|CISO|CIO|CTO|admin|engineer|federation|forces
        everyone|everybody)
    """,
    "stance": r"""
        (?:admir|ador|choos|embrac|endors|lik|lov|prais|us)(?:es?|ed|ing)|(?:adopt|back|enjoy|prefer|rate|recommend
        trust)(?:s|d|ed)?|env(?:y|ies)|chosen?|knows?|(?:tells?|told) {few}about|heard of|stands? (?:by|behind)
        mov(?:ed|ing) to|thanks?|welcomes?|(?:standardi[sz]ed?|rel(?:y|ies)|depends?|builds?|bets?) on|swears? by
        stay(?:s|ed)? with|switch(?:es|ed)? to
    """,
    "threat": r"""
        alert|attack|attacker|breach|bug|detail|device|error|failure|hacker|host|incident|intruder|laptop|mistake
        misconfiguration|outage|patch|surprise|threat|virus|vulnerability|vulnerabilities|breaches|attacks
    """,
    "then": "as|in|on|for|every|to|a|an|the|and|with|about",
    "each": "every|each|all",
    "wide": "(?:every|all|many|major|leading|most|[a-z]+(?:ers|ors|ists|ians|eers))",
    "meets": "reads?|reading|talk|session|call|coffee|email|demo|place|starts?|begins?|opens?|meet",
    "gives": "give|take|spare|spend|lend|bring|start with|keep|allow|set aside|leave",
    "times": "moments|seconds|minutes|hours|days|weeks|months|clicks",
    "instants": "moments|seconds|minutes|hours|clicks",
    "time": "second|minute|hour|afternoon|morning|day|weekend|click|command|keystroke|lunch break|coffee break",
    "spell": "(?:hour|day|week|month|year|afternoon|morning|evening|weekend|night)s?",
    "trade": "world|industry|market|sector|trade|internet|field",
    "done": r"""
        answered|complete|completed|deployed|done|enrolled|finished|fixed|found|installed|live|migrated|patched|ready
        running|set up|solved|up and running
    """,
    "gains": "gains?|gets?|wins?|gives?|buys?|frees? up|recovers?|reclaims?",
    "tries": "tries|tried|sees|seen|saw|switch(?:es|ed)|uses|used|starts|started|moves|moved|has it|has",
    "want": "use|uses|love|trust|choose|prefer|run|rely on|swear by|recommend|want|buy",
}


def filled(text: str) -> str:
    """The alternatives of a text, one or several a line, with every name in braces put in.

    Raises:
        KeyError: a name that stands for nothing.
    """
    alternatives = "|".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{filled(_WORDS[m[1]])})", alternatives)
