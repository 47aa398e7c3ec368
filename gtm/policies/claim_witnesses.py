"""Forms of claims that call on others: users, customers, judges, awards; data (`gtm.policies.claim_forms`)."""

from gtm.policies.claim_form import ClaimForm

WITNESSES: tuple[ClaimForm, ...] = (
    ClaimForm(
        "a count of those who use it", repair="say what it does, or name the fact that counts its users",
        claims=r"""
            {quantity} (?:of )?(?:the |our )?{few}{who}{some} {take_up}
            (?:everyone|everybody|the (?:whole |entire )?{trade}) {some}{take_up}
            (?:everyone|everybody|anyone|whoever|those|people|teams) who (?:has |have |once )?{tries}
            (?:nobody|no one) who (?:has |have |once )?(?:tried|seen|switched|used|started)
            (?:what|that|which) (?!your|their|our|you|they){few}{many} {want}(?= ?(?:most|best|every|daily|[.,;!]|$))
            (?:runs?|running|rel(?:y|ies)|depends?|bets?|standardi[sz]e[sd]?|counts?) on (?:us|{venture})
            (?:everyone|everybody) (?:likes|loves|knows|wants) {us}
            (?:most|nearly all|almost all|many) (?:[a-z-]+ ){0,2}[a-z]+s (?:admit|agree|report|say|(?:begin|start) here)
            (?<!for )(?<!of )(?<!by ){many} (?:everywhere|worldwide|around the (?:world|globe))(?= [a-z])
            (?<!for )(?<!of )(?<!by ){many} across (?:the (?:world|globe|industry|country)|industries)(?= [a-z])
            (?<!for )(?<!of )(?<!by ){many} of (?:all|every) (?:sizes?|kinds?|shapes?)(?= [a-z])
            (?<!your )(?<!their )(?<!the )[a-z]+s (?:already |now |have |simply |just |do )*{like} (?:with |to )?{us}
            {outsiders} {near} ?{stance} (?:[\w-]+ ){0,2}{us}(?= ?[.,;:!]|$| {then}\b)
            (?:made|makes?|names?|named) {us} (?:their|the)
            (?<!we )(?<!you )(?<!some )(?:call|calls|called) {us} (?:an?|the|their)|{talking} (?:is|are) talking about
            (?:the )?(?:crowd|market) has (?:decided|spoken)|ask (?:the )?{many} who (?:have |has )?{tries}
            our community
            the (?:average|typical) {who}|{many} are (?:already |now )?(?:on|with) {us}
            (?<!your )(?<!their ){many} (?!you\b)[a-z]+ (?:better|easier|faster|happier|less|more|sooner)(?= ?[.,;!]|$)
            {quantity} {some} (?:adopted|bought|chose|installed|picked|took|uses?|runs?|trusts?) {us}(?= ?[.,;!]|$)
            (?:hardly|scarcely|not) an? {near}(?:passes|goes by|without)|the world over|on every continent|in droves
            flock(?:s|ing|ed)? to|in demand|ubiquitous|mainstream|sold out|loyal (?:fans|following|customers|users)
            from [a-z ]{3,25} to [a-z ]{3,25}, {many}|{many} we {near} ?(?:agree|love|report|say|tell)(?: that)?
            (?<!your ){many} (?:assure us|insist|swear(?: by)?|tell us|thank us|told us|vow)
            {many} who (?:have )?(?:came|chose|come over|joined|left|moved|switched|tried)
            the (?:vast |great )?majority of {few}{many}|(?:any|each|every) {few}[a-z]+ worth (?:its|their) salt
            self-respecting [a-z]+
            (?:bets?|counts?|depends?|rel(?:y|ies)) on it(?= ?[.,;!])
            your (?:competitors|peers|rivals|neighbou?rs) (?:already |now |have )*[a-z]+
            (?:those|people) (?:who|in the) know
            and (?:several|many|most|thousands|some) do
            (?:used|trusted|loved|recommended|known|praised) (?:daily |widely |every day )?(?:by|in|on|at|across) {wide}
            join(?:ing|s)? (?:the |our |all |so )?{few}{many}
            countless|(?:most |hugely |very |wildly )?popular (?:with|among|choice)|best-?sell(?:ing|er)|fastest-growing
            widely (?:used|trusted|adopted|loved|known)|household name|well[- ]known|renowned|the talk of
            favou?rite (?:of|among|with|for|tool|app|choice)|go-to (?:[a-z]+ )?(?:tool|choice|app)
        """,
        fair=r"""
            could (?:tell|say|claim|write)[^.!?\n]*|(?:any|no)body['’]s favou?rite
            (?:not|nor|if|whether) {quantity}[^.!?,\n]*|everyone (?:likes a list|does it)
            join {few}{many} (?:at|in|for|on) (?:the|our|an?)
        """,
    ),
    ClaimForm(
        "a customer's word", repair="take the customer out, or add a fact that a customer vouches for",
        claims=r"""
            our (?:[a-z]+ )?(?:customers|clients|users|members|subscribers) (?!{joining}\b)[a-z]+(?: us)?
            (?<!for )(?<!to )(?<!with )(?<!by )(?<!help )(?<!and ){many} (?:at|in|from|inside) {few}{houses}(?= [a-z])
            (?:any|all|most|many|some|none|each|one|every) of our (?:customers|clients|users)
            (?:an?|one|another|some|several) {few}{house} (?:with|in|from|of|near) [^.!?,;\n]{0,40}? {did}
            (?:an?|one|another|some|several) {few}{house} (?:that |which |who |in [\w ]{2,20} |[a-z]+ly |just )*{did}
            (?:no|not one|not a single|every|each) (?:customer|client|user) (?:has|ever|of ours|stays|left|leaves|asked)
            (?:happy|satisfied|delighted|former|existing) (?:admins?|customers?|clients?|users?|engineers?)
            (?<=[”"]),? (?:an?|one|our) {near}(?:said|says|told|writes|wrote)
            (?:it|which) has (?:changed|saved|transformed) [a-z]+
            as (?:one|an?) {few}(?:puts?|said|says) it|(?:an?|one) (?:[\w-]+ ){0,2}{house}: ?[“"][^”"\n]*
            (?:an?|one|another) {few}{house} [a-z]+(?:ed|es) (?:its|their|all|every)
            (?:^|(?<=[.!?:] ))(?:customers|clients|users) (?:call|describe|find|love|praise|report|say|see|tell|thank)
            our (?:[a-z]+est|first|newest) (?:admin|client|customer|user)|(?:big|great|famous|well-known) names
            an? (?:[a-z-]+ ){1,3}(?:moved|replaced|switched|migrated|dropped|cut|halved|doubled) (?:its|their)
            an? {few}[a-z]+ [^.!?;:\n]{0,40}(?:its|their) (?:entire|former|old|previous|whole) [a-z]+
            success stor(?:y|ies)
            swears? by|raves? about|vouch(?:es)? for|(?:fell|falls?|falling) in love with
            (?:rave|glowing|five-star|stellar) (?:reviews?|ratings?)
            (?:deployed|in use|live|runs|running) (?:daily |today |already )?(?:in|at|across) {few}{houses}
            {nobody} (?:who [a-z ]{2,20} )?(?:has |have |had )?(?:ever |yet )?{gives_up}
        """,
        fair=r"a customer of your own[^.!?\n]*",
    ),
    ClaimForm(
        "a certificate or approval", repair="leave it out, or name the fact that states the certificate",
        claims=r"""
            {sealed} (?:by|for|to|under|as|against|according to|in line with)(?! {own_people}\b)
            (?:independently|officially|formally|externally) (?:tested|verified|{sealed})|certified|accredited
            (?:{us}|hosts|devices|laptops|our [a-z]+) comply with
            (?:complies|compliant|conforms?|conformant) (?:with|to) (?!you)[\w'’-]+(?: [\w'’-]+)?
            in (?:full )?(?:compliance|accordance|line) with (?!you)[\w'’-]+(?: [\w'’-]+)?
            (?:meets?|meeting|satisf(?:y|ies)|fulfil?ls?) (?:all|every|the|any|each|strict)[\w ]{0,30}? ?{rules}
            audit-proof|compliance-ready
            (?:gave|given|give) (?:it |us )?(?:the |a |its |their )?(?:green light|thumbs up|blessing)
            gave (?:it|us) {few}(?:marks?|scores?|grades?)|every (?:clause|paragraph|article) of
            (?:with|has|have|earned|enjoys|got|won) {few}(?:approval|backing|blessing|confidence|endorsement|trust) of
            (?:seal|stamp) of (?:approval|quality)|clinically|scientifically (?:proven|tested)|(?:proven|shown) to
            (?:studies|research|science|surveys|tests|benchmarks|trials|reviews) (?:shows?|proves?|confirms?|says?)
            (?:bank|clinical|enterprise|hospital|medical|military|government)-grade|{judges} {near}signed off
            {judges} (?:has|have) (?:[a-z]+ )?[a-z]+ed {us}
            (?:banking|federal|government|industry|international|medical|military) standards?
            independent (?:auditors?|experts?|labs?|laborator(?:y|ies)|reviewers?|studies|tests?)
            (?:cleared|fit|authori[sz]ed|suitable) for (?!you)[\w-]+ (?:use|data|work|purposes)
            (?:carries|bears|has|holds?) {few}(?:seal|certificates?|stamp|accreditation)|(?:full|top) marks
            perfect score
            (?<!your )(?<!an )(?<!another ){judges} (?:(?:have|has|all|already|often|now) )*{judge}
            (?<!your )(?<!an )(?<!another ){judges} {near} ?(?:approved|calls?|likes?|loves?|names?|prefers?) {us}
            (?:among|by|from) (?:the )?(?:independent |outside |external |leading |top )?{judges}
            (?:found|declared|judged|rated|proved|proven) (?:to be )?(?:safe|secure|sound|compliant|fit|reliable)
            official [\w-]+ (?:partner|supplier|vendor|provider|tool)|official(?:ly)? partners?
            (?:HIPAA|GDPR|PCI|FDA|SOC ?2|ISO ?\d*)-(?:certified|compliant|ready|approved)
        """,
        fair="get certified|certified (?:copy|mail)",
    ),
    ClaimForm(
        "an award", repair="leave it out, or name the fact that states the award",
        claims=r"""
            award(?:s|ed)?|prizes?|prize-?winning|voted|jury|medals?|accolades?|shortlisted|nominated|acclaimed
            celebrated|runner-up|magic quadrant|five[- ]stars?|top[- ](?:ranked|notch|tier)
            hall of fame
            finalist|(?:won|wins|winner of|received|earned) {few}(?:prizes?|medals?|troph(?:y|ies)|honou?rs?|titles?)
            (?:named|voted|ranked|rated|crowned|elected) (?:it |us )?(?:an? |the |among |as )?{first}
            as seen (?:in|on)|featured (?:in|on|by)
        """,
        fair=r"no (?:five stars|awards?|prizes?|medals?)",
    ),
)  # fmt: skip
