"""Forms of claims about what is sold: comparisons, guarantees, outcomes, time; data (`gtm.policies.claim_forms`)."""

from gtm.policies.claim_form import ClaimForm
from gtm.policies.claim_words import filled

SUPERLATIVES = filled(r"""
    best|biggest|broadest|cheapest|cleverest|deepest|easiest|fastest|finest|greatest|highest|largest|leading|lowest
    number[- ]one|(?:highest|best|top)-(?:known|loved|ranked|rated|reviewed|selling)|#1|no\. ?1|quickest|richest|safest
    simplest|smartest|smallest|strongest|top-rated|ultimate|unbeatable
    unmatched|unrivall?ed|widest|world's|award-winning|industry-leading|market-leading
    the (?:first|only) (?:[a-z-]+ )?(?:app|calendar|company|platform|product|service|software|solution|system|tool)
    the most [a-z]+(?:ed|able|ible|ful|ive|ous|ure|ant|ent|al|ular|ete|ple|ern)
""")
_PROVE = "leave it out, or name the fact that carries it"

PROMISES: tuple[ClaimForm, ...] = (
    ClaimForm(
        "a superlative", SUPERLATIVES, _PROVE, literal=True,
        fair=r"""
            at (?:the )?(?:best|most|least|latest|highest)
            (?:not|n['’]t) (?:necessarily |always )?the (?:[a-z]+est|most [a-z]+)
            best (?:time|place|moment|question|way) (?:to|for)|best (?:practices?|regards|wishes|guess|of luck)
            all the best|do y?our best|(?:works?|fits?) best
            suits? you best|(?:know|how|as) best|like (?:\w+ ){0,3}best|strongest competitor is
            (?:best|easiest|fastest|quickest|simplest|surest) (?:evidence|judges?|tests?)
            (?:best|easiest|fastest|quickest|simplest|surest) way to (?:check|compare|decide|find out|judge|know|see)
            (?:best|easiest|fastest|quickest|simplest|surest) way to (?:start|tell)
        """,
    ),
    ClaimForm(
        "a claim of uniqueness", repair="say what it does, and leave the others out",
        claims=r"""
            nothing else(?= \w)|(?:nobody|no ?one|nowhere|none|who) else|no other {product}|no other [a-z]+ {offers}
            (?:there(?:['’]s| is) )?no {better_than} [a-z]+
            only (?:{venture}|we|our [a-z]+|this [a-z]+) (?:can |will )?[a-z]+
            the (?:champion|crown|king|master|peak|pinnacle|queen|summit)(?= ?(?:of|[.,;!]))|compared (?:with|to) {us}
            (?:all|any|every) (?:of the )?other {product}s?|hard pressed to|only one {product} (?:that|can|does)
            nowhere but
            no (?:competing|comparable|equivalent|rival|similar) [a-z]+|bar none|hands down
            by far the
            head and shoulders|a cut above|years ahead|ahead of (?:its time|the curve)|best-of-breed|top of the line
            no contest
            beyond compare|without comparison|rivals none|out of reach for|that (?:covers|does|gives|offers|shows) more
            (?:look|search) in vain|(?:everything|all|everybody) else (?:feels|looks|is|seems|falls)
            unlike (?:all |any |most |the )?others?(?: [a-z]+)?
            other [a-z]+s (?:only|just|merely|fail|lack|make you|stop|guess|forget|hide|miss|{not})
            nothing (?:on the market|out there|in the world|on earth|else like it)
            no (?!one\b)[a-z]+ can (?:beat|deliver|do|give|keep|match|offer|reach|replace|show|touch)
            (?:nobody|no ?one|nowhere|nothing|no [a-z]+) {near} (?:better|deeper|faster|cheaper|safer|easier|as well)
            what others (?:only |just |merely )?(?:promise|claim|cannot|can['’]t|do not|don['’]t|only)
            (?:the )?rest of the {trade}|catching up|in the dust|far behind
            no {product} (?:on earth|in the world|anywhere)|few {product}s? (?:are|can|have|come)|superior(?: to)?
            of choice
            (?:everyone|everybody) else
            (?:the )?(?:big|old|other|established|legacy) (?:vendors|players|suites|competitors)
            {rival} (?:users|customers|admins) [a-z]+|(?:over|above|past|ahead of) (?:all|any) (?:others?|{product}s?)
            (?:become|becomes|became) (?:the|a) (?:default|norm|reference|benchmark|standard|choice)|to shame
            (?:miles|light years) ahead|hard(?:er)? to beat|the last [a-z ]{2,30} you(?:['’]ll| will)? (?:ever )?need
            leaders? (?:of|in) (?:its|their|the|this|our)|(?:sets?|setting) (?:an?|the) (?:new )?standard
            (?:nobody|no ?one) (?:beats|can touch|comes|does (?:it|this)|gives|matches|offers)
            no (?:alternative|substitute|match)
            {rival} (?:simply |just )?(?:{not}|does not|doesn['’]t|fails?|lacks?|misses|never|will not)(?: [a-z]+){0,2}
            (?:do(?:es)?|go(?:es)?|live|work|manage) without {us}
            (?:{venture}|it|we|our [a-z]+) (?:is|are) (?:simply |just |far |much |so much )?{better}(?= ?[.,;!]|$)
            {hardly} (?:ever )?(?:ask for|buy|find|get|imagine|meet|see) (?:an? |another |any(?:thing|one)? )?{better}
            {hardly} (?:ever )?(?:find|get|see|meet) (?:any(?:thing|one) (?:else )?like|such)
            (?:stands?|standing) (?:quite )?(?:alone|apart from (?:all|every|the rest))
            a (?:class|league|category) (?:of its own|of our own|apart|by itself)|a(?:nother| different) league
            one of a kind
            like no other|second to none
            redefin(?:es|ed|ing)|reinvent(?:s|ed|ing)?|game[- ]changers?|breakthrough|indispensable|irreplaceable
            the first to|for the first time|never before|pioneer(?:s|ed|ing)?|the competition
            (?:quite )?unlike any(?:thing)?(?: else| other)?|unlike {rival}
            without (?:equal|rival|peer|parallel)s?|has (?:no|few) (?:equals?|rivals?|peers?|match|competition)
            unequall?ed|peerless|incomparable|unsurpassed|matchless|unbeaten|unparalleled|unique(?:ly)?|unheard of
            nothing (?:compares|comes close|comes near|beats|matches|rivals|like it)
            no(?: \w+)? (?:competitor|rival|alternative) (?:can|comes|has|does|offers|matches)
            {better} than (?:any|every|all|the (?:rest|others?|competition|market|alternatives?)|most|ever|{rival})
            ahead of (?:all|any|every|everyone|the (?:rest|competition|pack|market|field|others))
            (?:beats?|outperforms?|outclass(?:es)?|outshines?|surpass(?:es)?) (?:all|any|every|everyone|{rival})
            (?:beats?|outperforms?|outclass(?:es)?|outshines?|surpass(?:es)?) the (?:rest|competition|market|others)
            (?:{not}|unable to|fails? to|struggles? to) (?:keep up|compete|compare)(?: with (?:it|us|this|that))?
            leaves? {some}{rival}{some}behind|runs? (?:circles|rings) (?:a)?round
            (?:the )?gold standard|state[- ]of[- ]the[- ]art|(?:first|best) of its kind
            (?:sets|raises|raising) the (?:bar|pace)|(?:market|world|industry|category) leaders?
            the (?:one and )?only (?:one|way|place|choice|option|thing|answer)(?= (?:that|to|which|you|for)\b)
        """,
        fair=r"""
            nothing else (?:is |to |that )?(?:needed|matters|do|say|add|happens|changes|counts)
            no (?:{better}|other) (?:questions?|reason|word|reading|email|message|news|than)|(?:with|for) the first time
            no more (?:than|hopping|and no less)|who else should know|more than (?:most|all) (?:emails|weekends)
            the only (?:way|thing|choice|one) (?:to|that) (?:find out|know|lose|is)
            you (?:know|see|understand)[^.!?,\n]*|{rival} does not exist
        """,
    ),
    ClaimForm(
        "a guarantee", repair=_PROVE, literal=True,
        claims=r"""
            guarante(?:e|es|ed)|money[- ]back|risk[- ]free|no risk|zero risk|we promise|never fails?|zero downtime
            always works|fully compliant|ensures? compliance|{wholly} {sound}
        """,
        fair="we promise (?:no|not|nothing|little|only|to (?:write|be brief|keep))",
    ),
    ClaimForm(
        "a guarantee", repair="leave it out, or name the fact that states these terms",
        claims=r"""
            (?:your|their|the) money (?:(?:is|are|will be|gets?|comes) )?(?:returned|refunded|repaid|back(?! as))
            (?:get|give|hand|return|refund|repay|send)s? (?:you |them )?(?:all |half )?(?:of )?{any_money}(?: back)?
            refund(?:s|ed|able|ing)?|pay(?:ing)? (?:us )?(?:nothing|not a (?:cent|penny))(?! more)
            (?:{wont}) (?:pay|charge)(?: (?:you|us|a|for)\b)?|or it(?:['’]s| is) (?:free|on us)|(?:it['’]s|is) on us
            (?:at|without|with) (?:(?:no|any|zero) )?(?:financial )?risks?(?: at all)?(?= ?(?:[.,;!]|to\b|for\b|$))
            no way to (?:lose|fail|miss)|at our (?:cost|expense|risk)|make it right|let(?:s|ting)? you down
            (?:have|gives?(?: you)?|on) (?:our|my) word|our word (?:on|that|for)|our promise (?:to you|is)
            (?:{not}|impossible to|hard to) (?:go wrong|fail|lose|miss|be hacked)|nothing to lose
            risks? nothing|nothing is at risk|(?:be|feel) (?:certain|sure|confident) (?:that|of)|safe (?:with us|hands)
            (?:success|victory|savings?|results?) (?:is|are) (?:certain|assured|inevitable|a given)
            costs? (?:you )?nothing
            (?:is|are) (?:only |just |now )?(?:a (?:mere )?formality|a breeze|child['’]s play|a sure thing)
            no (?:penalt(?:y|ies)|commitments?|contract|strings|questions asked|obligations?|catch|lock-in)
            no hidden (?:fees|costs)
            we (?:vouch|warrant|pledge|assure|swear|stand behind|stake)(?= )|warrant(?:y|ies)|rest assured
            you can (?:be sure|(?:bank|count|depend) on {us}\b)|(?:is|are|am) (?:sure|bound|certain|destined) to
            without (?:fail|exception)|no matter what|whatever happens|under (?:any|all) circumstances
            (?:cancel|leave|quit|stop) (?:at )?(?:any ?time|any day|whenever)
            pass(?:es|ed)? (?:every|any|each|all|your next) [a-z]+
            (?:mak(?:e|es|ing) (?:sure|certain)|(?:ensur|secur)(?:e|es|ing)) (?:that )?(?:no|nothing|nobody|every|all)\b
            (?:get|gets|getting|have) back (?:all|everything|what|whatever)|our (?:commitment|pledge|vow)
            no (?:discussion|ifs)
            (?:if|should|unless|when) [^.!?\n]{3,60}, (?:it|that|the|your) {near}(?:is|are) (?:free|on us)
            impossible for (?:your?|any|an?)|in the time of (?:an?|one) [a-z]+|on the house|no way (?:this|it|that|you)
            (?:we|will) (?:reimburse|compensate|waive|credit)|ironclad
            rock[- ]solid
            sure-?fire|unbreakable|unfailing(?:ly)?|invariably|undoubtedly|without (?:a )?doubt|take it to the bank
            (?:if|should|unless|when) [^.!?\n]{3,60}, we (?:will )?(?:cover|credit|pay|refund|return|waive)
            (?:only pay|pay only) (?:when|if|once)|no [a-z]+, no (?:bill|charge|cost|fee|invoice|payment)
            free (?:of|from) risk
            (?:that|this)(?: is|['’]s) (?:a|our) promise|(?:fees?|payment|price|subscription) back
            (?:sure|safe) (?:win|bet|thing)
        """,
        fair=r"""
            nothing to lose but|take (?:our|my) word|(?:make|be) sure to
            (?:you|we) (?:do not|don['’]t) pay (?:attention|for (?:what|the next))
        """,
    ),
    ClaimForm(
        "an outcome without exception", repair="say what it does, without always and never, or name a fact",
        claims=r"""
            you(?:['’]ll| will) (?:never|always|not regret|not miss)(?: [a-z]+)?|never again(?: [a-z]+)?
            never (?:ever )?(?:fails?|crash(?:es|ed)?|breaks|leaks?|lies|sleeps|misses|loses|forgets|drops|sold|shared)
            never (?:ever )?(?:hacked|breached|go(?:es)? (?:down|missing)|leaves? (?:your|the))
            never (?:ever )?(?:late|looked back|runs? out|wrong)
            never be (?:seen|read|lost|shared|sold|hacked|used|stolen)
            never been (?:so )?(?:easy|easier|simpler|simple|fast|faster)
            (?:^|(?<=[.!:] ))never (?:lose|miss|worry|guess|chase|search|wait|pay|touch|be)(?= )
            (?:will|to|can|and) never (?:again )?(?:have to |need to |be )?(?:lose|miss|worry|regret|guess|chase|wait)
            always (?:works?|arrives?|pass(?:es)?|knows?|finds?|on time|up to date|up|right|correct|available|in sync)
            always (?:current|there for you|ready|wins?|delivers?|succeeds?|lands?|hits?|stays?|gets? (?:there|through))
            (?<!as )(?<!than )always(?=\s*(?:[.,;!]|$))
            (?:has|have) (?:never|not once) (?:broken|crashed|failed|leaked|let|lost|missed)
            (?:has|have) (?:never|not once) been (?:breached|down|easier|faster|hacked|late|simpler)
            at every (?:moment|hour|point)
            never (?:seen|known) {near}like
            no [a-z ]{2,25} will ever|every last [a-z]+
            no [a-z]+ (?:has|have) (?:ever|yet)|(?:can|could) (?:never|no longer) [a-z]+(?: [a-z]+)?|not a single [a-z]+
            (?:any|whatever) {near} you (?:can )?throw
            nothing (?:can|could|will|ever) [a-z]+|will be (?:gone|solved|fixed|over|done|saved)
            will {near} by the end of the
            all the time|around the clock|day and night|for good(?! reasons?)|for life(?! insurance)
            nothing (?:escapes|slips|goes|gets|stays|is) (?:past|by|you|us|it|through|lost|missed|unnoticed|hidden)
            no {threat} (?!is\b|has\b|was\b)[a-z]+s(?= )|mak(?:e|es|ing) {near} impossible|as good as [a-z]+ed
            {threat}s? (?:become|becomes|are|is|will be) (?:a memory|impossible|unthinkable|extinct|over|gone|history)
            {each} [a-z]+, [a-z]+ed(?:, always)?(?=[.!])|,? ever(?=[.!])|at any moment
            (?:do|does|will) not happen|no longer (?:exists?|happens?|occurs?)
            (?:disappears?|vanish(?:es)?|belongs? to the past)
            (?:on|for) (?:every|each|all) (?:single )?(?:device|host|laptop|machine|phone)s?|any ?time,? any ?where
            non-?stop
            immune (?:to|against)|uninterrupted|spotless|every (?:single )?day(?= and (?:on |for )?every)
            rest easy|(?:worry|stress|hassle|trouble|headache)-free|(?:stand|stands|have|has) (?:no|a) chance
            (?:attackers?|hackers?|intruders?|malware|thieves|ransomware) (?:stays?|(?:have|has|do) not?|{not}|never)
            (?:is|are|becomes?|will be) (?:now )?(?:a thing of the past|history|gone for good)
            every (?:single )?time(?=\s*(?:[.,;!)\n]|$))|(?:in|for) (?:every|all|each) cases?|at all times
            once and for all|(?:free |yours |works? |lasts? |stays? )forever|for (?:all )?eternity
            zero (?!trust|day|touch|in\b|to\b|or\b|is\b|and\b|for\b)[a-z]+
            no(?:thing|body| [a-z]+) (?:ever )?(?:is|are|gets?|goes|slips?|falls?|escapes?|stays?) (?:ever )?{gone}
            (?:catch|find|stop|block|fix|solve|prevent|detect|answer|protect|secure)(?:es|s)? (?:every|all|any) [a-z]+
            (?:eliminat|eradicat)(?:e|es|ed|ing)|(?:says?|wave) good-?bye to|puts? an end to|the end of all
            (?:bullet|bomb|fool|future|tamper)-?proof|air-?tight|water-?tight|unhackable|impenetrable|infallible
            flawless(?:ly)?|error-free|bug-free|fail-?safe|maintenance-free|instantly|instantaneous(?:ly)?
        """,
        fair=r"""
            you(?:['’]ll| will| can| could) never (?:know|tell|be (?:sure|certain))|(?:can|could|may) always
            answers? (?:any|all) (?:questions?|of)
        """,
    ),
    ClaimForm(
        "a claim on time or effort", repair="leave the amount out, or name the fact that carries it",
        claims=r"""
            (?:with)?in (?:just |only |under |about |mere )?{times}(?= ?[.,;:!]|$| (?:not|instead|rather|and|flat)\b)
            (?:just |only )?a (?:matter|question) of (?:a few |mere )?{times}
            from (?:[a-z]+ ){1,3}to (?:just |only )?(?:an? |a few )?(?:{times}|{time})
            (?:within|under|less than|in less than|in under|in just|in only) (?:just |only )?(?:an?|one) {time}
            (?:in|within|to|with|takes?|needs?) (?:just |only |about )?(?:a single|one) (?:single )?{time}
            {done} (?:and [a-z]+ )?in (?:just |only |about |under )?(?:an? |a few |one |two |three )?(?:{times}|{time})
            (?:now )?takes? (?:now |only |just |mere |no more than )+(?:an? |a few )?(?:{times}|{time})
            now takes? {times}
            (?:takes? )?no time(?: at all)?|pays? for (?:itself|themselves)|before (?:your|the) (?:coffee|tea|kettle)
            {gains} {few}(?:an?|one|another) (?:full |whole |extra |spare |free )?{spell}
            (?:just |only )?an? (?:few|couple of|handful of) {instants}|(?:literally )?overnight|in no time
            (?:the )?blink of an eye|(?:at )?the push of a button
            an? (?:day|week|month|year)['’]s (?:work|worth|rent|salary|wages|pay|wait)
            sav(?:e|es|ed|ing) {few}(?:{spell}|fortune)(?:['’]s [a-z]+)?
            (?:gets?|getting|gains?|wins?|frees?(?: up)?|gives?) (?:you |back |your team |whole )*(?:hours|days|weeks)
            sav(?:e|es|ed|ing) (?:you |them )?(?:more|much|lots|serious|real|thousands|hundreds)
            replaces? {near}(?:entire|whole)
            (?:earns?|makes?|have|keeps?|wins?|brings?) (?:you )?(?:much |far )?more (?:money|sales|revenue|profit|time)
            (?:hours|days|weeks) (?:of work )?(?:saved|back)|(?:your|the) very first (?:day|week|month)
            (?:from )?day one
            (?:many|several|countless) times (?:as|faster|cheaper|over|more)|orders? of magnitude|exponential(?:ly)?
            multipl(?:ies|ied)
            slash(?:es|ed|ing)?|a mere [a-z]+|next to (?:nothing|no time)|same[- ]day|within the (?:hour|day|week)
            in a heartbeat
            (?:hardly|barely) any (?:time|work|effort)|dirt cheap
            for the price of (?:one|two)|an? {spell} (?:a|each|every|per) (?:day|week|month|year)
            (?:five|six|seven|eight)[- ]figures?
            {done} (?:and [a-z]+ )?(?:by|before) (?:dinner|lunch|lunchtime|noon|the weekend|tonight)
            (?:(?:less|cheaper) than|for the price of) an? (?:beer|coffee|cup of coffee|lunch|pizza|sandwich)
            (?:good|big|large|huge) (?:chunk|slice|share|portion) (?:of|off)|(?:the )?lion['’]s share
            (?:dramatically|drastically|significantly|massively|substantially) [a-z]+
        """,
        fair=r"""
            {meets} {few}(?:in|within) {some}{times}|{gives} {few}(?:few|couple of|handful of) {times}
            in an? (?:few|couple of) days|for an? (?:few|couple of) {times}|at a glance
        """,
    ),
)  # fmt: skip
