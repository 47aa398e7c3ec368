"""Closed lists of English words by which copy is placed on a brand's scales of formality and emotion.

`STIFF`, `CASUAL` and `EMOTIVE` are marks: a single one tells. The others only tell by how many there are.
"""

import re

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
SENTENCE = re.compile(r"[^.!?\n]+")


def listed(*lines: str) -> re.Pattern[str]:
    """A pattern for words and word patterns that spaces separate."""
    return re.compile(r"\b(?:" + "|".join(" ".join(lines).split()) + r")\b", re.I)


SLANG = (
    "ain't|bro|cuz|dope|dude|fam|gimme|gonna|gotta|kinda|lemme|lit|lol|omg|outta|sick deal|"
    "sorta|wanna|wtf|y'all|yo|u r|ur|thx|pls"
)
CONTRACTION = re.compile(r"\b\w+(?:n['’]t|['’](?:re|ve|ll|d|m))\b", re.I)
STIFF = re.compile(
    r"\b(?:accordance|acknowledge(?:ment)?|advised|aforementioned|aforesaid|commencement|conjunction|consequently|"
    r"esteemed|forthwith|furnish(?:ed)?|henceforth|hereby|herein|hereof|herewith|hereto|heretofore|hereinafter|"
    r"kindly|necessitates?|notwithstanding|provisions|pursuant|requisite|respectfully|shall|stipulated|subsequently|"
    r"thereby|therein|thereof|undersigned|utili[sz](?:e|ed|ation)|whereby|whereof|wherein)\b",
    re.I,
)
CASUAL = re.compile(
    r"\b(?:awesome|btw|cool|crazy|folks|guys|hey|nope|oops|stuff|super|tons|whoa|wow|yay|yeah|yep|yup|let['’]s go)\b",
    re.I,
)
EMOTIVE = re.compile(
    r"\b(?:ador(?:e|es|ed|able)|beautiful|can['’]t wait|celebrat(?:e|es|ion)|delight(?:ed|ful)|dreams?|excited|"
    r"exciting|happiness|hearts?|hugs?|inspir(?:e|ed|ing)|joy(?:ful)?|love[ds]?|magic(?:al)?|over the moon|"
    r"passion(?:ate)?|thrilled|wonderful|yay)\b",
    re.I,
)

ARTICLE = listed("a an the")
PREPOSITION = listed(
    "about across after against among as at before behind beside between beyond by during for from in into of on over",
    "per through to towards? under upon with within without",
)
PRONOUN = listed(
    "anybody everybody everyone he her here him i it me my nobody nothing one she somebody someone something that",
    "them there these they this those what which who",
)
ADVERB = listed(
    "again also already always even just never no not now only quite really so still then too very well yes"
)
LATINATE = re.compile(
    r"\b\w{2,}(?:tions?|sions?|ments?|it(?:y|ies)|[ae]nces?|[ae]nc(?:y|ies)|i[sz](?:e|ed|es|ing)|ures?|ate[ds]?|ives?|"
    r"ous|icals?|ually|ial|ary)\b",
    re.I,
)
"""Words of Latin or French descent, by their endings."""

EVERYDAY = listed(
    "anyway around big bits? but get gets getting got guess hello hi just kids? little look looks lots? maybe nice oh",
    "okay plenty pretty quick quickly say says sure things? think tiny too way yes",
)
"""Words of everyday talk."""

FEELING = listed(
    "afraid angr(?:y|ier) annoy(?:s|ed|ing)? anxious amaz\\w+ belie(?:f|ve[sd]?) bold(?:ly)? bored boring",
    "brave(?:r|ry)? bright(?:er|ly)? calm(?:er|ly)? care[ds]? cheer\\w* comfort\\w* courage\\w* curio(?:us|sity)",
    "dare[ds]? delight\\w* encourag\\w+ enjoy\\w* excit\\w+ faith fear\\w* feel(?:s|ing|ings)? felt fond friend\\w*",
    "frustrat\\w+ fun(?:ny)? gentl[ey] glad(?:ly)? good grateful grin(?:s|ned)? happ(?:y|ier|ily) hate[ds]? hello",
    "hope[ds]? hopeful hurts? inspir\\w+ kind(?:ness)? laugh\\w* lighter lonel\\w+ lovely luck(?:y|ily)?",
    "nice(?:r|ly)? pain(?:ful)? peace\\w* pity pleased pleasure proud(?:ly)? promise[ds]? quiet(?:er|ly)? relax\\w*",
    "relie(?:f|ved) sad(?:ly)? shy smil(?:e[sd]?|ing) sorry sparks? strength surpris\\w+ sweet tears thanks? tired",
    "together trust\\w* warm(?:er|ly|th)? welcome wish(?:es)? wonder\\w* worr(?:y|ies|ied)",
)
"""Words of feeling, good and bad."""

STIRRING = listed(
    "ahead becomes? began begins? beginnings? begun chances? dare doors? forward future glimpse goals?",
    "grow(?:s|n|ing)? horizon imagine journeys? miles? moments? path possib\\w+ ready road steps? stor(?:y|ies) today",
    "tomorrow walks?",
)
"""Words of setting out and of what may come."""

PLAY = listed(
    "asterisk billboard biscuits? cake cheeky clap coffee confetti cookies? costume dances? drum fiction games?",
    "giggle guess humou?r jokes? kick laughs? lazy loud(?:ly)? magic mischief music nap party pitch pizza play poem",
    "poet poke prank prizes? quiz rants? roll sandwich shoebox silly skip(?:ped)? smug snacks? sneaky sofa stickers?",
    "squeaks? sunset sweat tea tease toast tour tricks? trivia unicorns? wall wins? wink yes",
)
"""Words of play, of jokes and of small things."""

INTENSE = listed(
    "absolutely all always completely deeply ever every everything finally forever most never nothing really so such",
    "totally truly utterly very whole",
)
"""Words that turn up what is said."""

SOBER = listed(
    "analy[sz]\\w+ api appl(?:y|ies|icable) architecture arguments? assess\\w* awkward behaviou?r cases?",
    "components? comput\\w+ conditions? config\\w+ corrections? criteri\\w+ data decisions? defaults?",
    "defin\\w+ depend\\w* deploy\\w* designs? details? diagrams? document\\w* doubt\\w* environments? evaluat\\w+",
    "evidence exact(?:ly)? facts? figures? functions? implement\\w* inputs? instances? integrat\\w+ interfaces?",
    "issues? limit\\w* logs? measur\\w+ mechanisms? methods? metrics? notes numbers? objections? operat\\w+ order",
    "outputs? parameters? parts points? practice precis\\w+ procedures? process\\w* quer(?:y|ies) questions? reasons?",
    "references? requir\\w+ results? sequences? setups? specif\\w+ state[ds]? statements? structure\\w* systems?",
    "technical\\w* tests? tested text valid\\w* verif\\w+ versions?",
)
"""Words of method and of evidence."""

YOU = listed("you your yours yourself")
