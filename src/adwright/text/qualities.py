"""Claims about the thing itself: rank, praise, comparison, credentials, making, ingredients, results."""

from __future__ import annotations

from adwright.text.families import Family, family

__all__ = ["QUALITIES"]

_SUPERLATIVE = (
    r"(cheap|fast|quick|eas|light|strong|soft|smart|health|safe|fresh|clean|tast|comf|bigg|larg|small|thinn"
    r"|slimm|warm|cool|nice|happ|kind|deep|rich|pur|simpl|bright|sharp|quiet|tough)(?:i?est)"
)
_BETTER = (
    r"(?:better|cheaper|faster|stronger|safer|softer|cleaner|easier|healthier|fresher|longer|(?:more"
    r"|less) \w+)"
)
# The favourite of one person is nobody else's affair. That of many is praise, and so is what is to become
# one, or is called so by a sentence that says nothing more: "Your favourite bag."
_OWNER = ("your", "my", "his", "her", "their")
_OWN = "".join(
    f"(?<!{owner} )" for owner in (*_OWNER, "nobody's", "no one's", "have a", "has a", "had a", "got a")
)
_THEIR = f"(?:{'|'.join(_OWNER)})"
_FAVOURITE = (
    rf"(?:be|become|becomes|is|it's|as|(?:make|made|call|called|vote|voted) (?:us|it)) {_THEIR} favou?rites?"
    rf"|{_THEIR} (?:new|next) favou?rites?|(?<![^.!?] ){_THEIR} favou?rites?(?: [\w'-]+){{0,2}}(?=[.!]|$)"
    rf"|{_OWN}favou?rites?|(?:has|have|had|got) a favou?rite (?:with|of|among|since)"
)
_PEOPLE = r"(?:customers?|people|everyone|users?|families|fans|locals)"
_WITHOUT = (
    r"(gluten|sugar|dairy|lactose|nut|wheat|meat|fat|salt|cruelty|fragrance|alcohol|caffeine|plastic|paraben"
    r"|chemical|pesticide|gmo)s?"
)
_HAND = (
    r"(?:made|crafted|cut|built|stitched|picked|finished|thrown|woven|painted|poured|sewn|knitted|printed)"
)
_AGE = r"anti-?age?ing|younger[- ]looking|wrinkles?"
_CLINIC = r"(?:clinically|scientifically|medically|dermatologically)"

QUALITIES: tuple[Family, ...] = (
    family(
        "award",
        r"award[- ]winn\w+|awards?|voted",
        r"awarded|multi-award-winning|prize[- ]winning|winners?|won (?:\w+ ){0,3}(?:prize|medal)s?|medals?"
        r"|shortlisted|finalists?",
        story=False,
    ),
    family(
        "leader",
        r"(?:no\.?|number|#) ?(?:1|one)(?![\d.,%])|top[- ]class|best[- ]in[- ]class|world[- ]class"
        r"|first[- ]class|leading|(?:industry|market)[- ]lead\w+|premier|second to none"
        r"|unbeatable(?! (?:price|value|rate|deal|offer))|unrivall?ed|unmatched",
        r"voted (?:the )?best|leaders?|largest|biggest",
        story=False,
    ),
    family(
        "rated",
        r"(?:top|highest|highly|well|best)[- ]rated|five[- ]star|5[- ]star|rated",
        r"ratings?|\d(?:\.\d)?[- ]stars?|(?:four|five)[- ]stars?|[\d,]+ (?:[\w-]+ )?reviews",
        story=False,
    ),
    family("reviews", r"reviews?|testimonials?", r"reviewed|reviewers?|rated|ratings?", story=False),
    family(
        "quality",
        r"top[- ](?:quality|notch)|high(?:est)?[- ]quality|finest[- ]quality|finest|premium|luxur\w+"
        r"|superior|exceptional|outstanding|gold standard|deluxe",
        r"quality|excellent|excellence|superb|first[- ]class",
        story=False,
    ),
    family(
        "praise",
        r"ultimate|incredible|amazing",
        r"incredibl[ey]|amazingly|wonderful|stunning|fantastic|spectacular",
        story=False,
    ),
    family("perfect", r"perfect|flawless", r"perfect(?:ly|ion)|ideal|flawlessly", story=False),
    family(
        "famous",
        r"(?:world[- ])?famous|renowned|legendary|as seen (?:on|in)",
        r"celebrated|well[- ]known|best[- ]known|iconic|featured (?:on|in)|fame|legend",
        story=False,
    ),
    family(
        "breakthrough",
        r"revolutionary|groundbreaking|breakthrough|game[- ]chang\w+|state[- ]of[- ]the[- ]art|innovative"
        r"|first[- ]of[- ]its[- ]kind|first ever|next[- ]generation",
        r"innovat\w+|revolution\w*|cutting[- ]edge|first-ever|world first|patent(?:ed|s)?"
        r"|the first (?!\d)\w+",
        story=False,
    ),
    family(
        "popular",
        rf"best[- ]?sell\w+|top[- ]selling|most[- ](?:popular|trusted|loved)|{_FAVOURITE}|popular"
        r"|trusted(?: by)?|loved by"
        rf"|{_PEOPLE} (?:loves?|trust|swear|rave|prefer|agree(?! on)|are raving)|everyone'?s? (?:is )?talking"
        r"|sold out(?! of)|sells? out|selling out",
        r"popularity|loved|top[- ]rated|(?:thousands|hundreds|millions|dozens) of (?:[\w-]+ )?(?:customers"
        r"|people|users|families|clients|members|fans|readers|players|runners)"
        r"|(?:\d{3,}|\d{1,3},\d{3})\+? (?:[\w-]+ )?(?:customers|users|families|clients|members|fans|readers"
        r"|subscribers)",
        story=False,
    ),
    family(
        "multitude",
        r"(?:hundreds|thousands|millions|dozens) of|(?:by|join)(?: the)? (?:hundreds|thousands|millions)",
        r"hundreds|thousands|millions|dozens|(?<![$£€.,])\d{1,3}(?:,\d{3})+|\d+k\+?|\d{3,}\+|(?:over"
        r"|more than|nearly|almost) \d{3,}",
        story=False,
    ),
    family(
        "best",
        r"best(?![- ](?:of luck|friends?|before|man|wishes|known|when|if|sell|in[- ]class|rated|price|value"
        r"|rate|deal|offer))|(?:the|our|your|world's|ever|britain's|america's) (?:very |single "
        r"|absolute )?(?:greatest|finest)",
        r"greatest|finest|number one|no\.? ?1",
        story=False,
    ),
    family(
        "superlative",
        r"(?:the|our|your|world's|ever|britain's|america's) (?:very |single |absolute )?"
        rf"(?:{_SUPERLATIVE}|most (?!of\b|people|wooden|other)(\w+))",
        rf"{_SUPERLATIVE}|most (\w+)",
        story=False,
    ),
    family(
        "comparison",
        rf"{_BETTER} than (?:any|other|others|all|every|the (?:rest|others?|competition)|your|our|most"
        r"|traditional|ordinary|leading|ever)\w*|unlike (?:other|any|most|our)\w*|beats (?:any|other|all"
        r"|every|the)\w*|beat (?:any|other|all|every|the (?:rest|competition|others?|best|price))\w*"
        # "Beat the queue" compares nothing, "we beat the supermarkets" does.
        r"|(?<=[a-z] )beat the|compared (?:to|with)|outperforms?|versus|like no other"
        r"|nothing (?:else )?(?:like|compares)",
        r"unlike|compar\w+|beats|vs\.?|outperform\w*|(?:[a-z]{3,}er(?<!rather)(?<!other)(?<!over)(?<!under)"
        r"|more \w+|less \w+) than(?! (?:\d|an? |one|two))",
        story=False,
    ),
    family(
        "multiple",
        r"\d+x|\d+ times (?:as|the|more|less|better|(?!after|under|never)\w{3,}er)"
        r"|(?:twice|double|half) (?:as|the (?:price|cost|time|speed))",
        r"twice(?! (?:a|per|each|every)\b)|doubles?|doubled|halves|halved|half (?:your|of)",
        story=False,
    ),
    family(
        "credential",
        r"(certif)i(?:ed|cation|cates?)(?<!gift certificate)(?<!gift certificates)|(accredit)ed|(approv)ed"
        r"|(authori)[sz]ed|(licen)[cs]ed|(regist)ered|(charter)ed",
        r"(certif)(?:y|ies)|(accredit)\w+|(approv)(?:es?|al)|(authori)[sz]ation|(regist)ration",
        story=False,
    ),
    family(
        "qualified",
        r"qualified",
        r"qualif\w+|certified|chartered|accredited|licen[cs]ed|trained|registered",
        story=False,
    ),
    family("official", r"official(?:ly)?", story=False),
    family("patented", r"patented", r"patents|patent[- ]pending", story=False),
    family(
        "recommended",
        r"endorsed|recommended(?: by)?",
        r"endors\w+|recommend\w*",
        story=False,
    ),
    family(
        "approved by",
        r"(doctor|dentist|vet|expert|dermatologist)s?[- ](?:approved|recommended|tested|led)",
        r"(doctor|dentist|vet|expert|dermatologist)s?",
        story=False,
    ),
    family(
        "experts",
        r"(?:our |by |from |with )(?:\w+ )?(?:experts?|professionals?|specialists?)",
        r"experts?|expertise|profession\w*|speciali[sz]\w+|specialists?|certified|qualified|chartered"
        r"|licen[cs]ed|trained|doctors?|scientists?|dentists?|vets?|nurses?|teachers?|coach(?:es)?"
        r"|engineers?|technicians?|plumbers?|electricians?|chefs?|tutors?|physio\w*|native \w+|masters?",
        story=False,
    ),
    family(
        "scientists",
        r"(?:our |by |from |with )(?:\w+ )?(?:doctors?|scientists?)",
        r"doctors?|scien\w+|gps?|medical(?:ly)?|medics?|dentists?|surgeons?|physicians?|dermatolog\w+"
        r"|research\w*",
        story=False,
    ),
    family(
        "clinical proof",
        rf"{_CLINIC}[- ]\w+|lab(?:oratory)?[- ](?:tested|proven)|science[- ]backed"
        r"|backed by (?:science|research|studies|data)|studies (?:show|prove)|research (?:shows|proves)",
        r"clinical (?:trials?|stud\w+|tests?)|(?:in|a|\d+) (?:[\w-]+ )?(?:study|studies|trials) (?:of|by"
        r"|with|published)",
        story=False,
    ),
    family(
        "tested",
        r"proven|tested|tried and (?:true|trusted)|independently[- ]\w+|backed by experts",
        r"proved|proves|proof|lab tests?|(?:passed|passes|pass) (?:\w+ )?tests?|tests? (?:by|show)"
        r"|clinical (?:trials?|stud\w+)",
        story=False,
    ),
    family("organic", r"organic(?:ally)?", story=False),
    family(
        "natural",
        r"natural(?:ly)?",
        r"organic(?:ally)?|from nature|plant[- ]based|botanical\w*",
        story=False,
    ),
    family("non-toxic", r"non-?toxic", r"(?:no|without|free (?:of|from)) toxins?|food[- ]safe", story=False),
    family(
        "recycled",
        r"recycl\w+",
        r"upcycl\w+|reclaimed|repurposed|reused?|second[- ]hand",
        story=False,
    ),
    family("biodegradable", r"biodegradable", r"biodegrad\w+|compost\w*", story=False),
    family(
        "climate",
        r"carbon[- ]neutral|climate[- ](?:neutral|positive|friendly)",
        r"net[- ]zero|carbon[- ](?:negative|free|offset)|zero[- ](?:carbon|emissions?)",
        story=False,
    ),
    # Vague: any of the particular claims above allows it, and it allows none of them.
    family(
        "eco-friendly",
        r"eco[- ]?friendly|sustainab\w+|green(?:er)? (?:choice|energy)|planet",
        r"eco|eco-\w+|recycl\w+|upcycl\w+|reclaimed|biodegrad\w+|compost\w*|renewabl\w+|solar|organic"
        r"|reus\w+|refill\w*|(?:carbon|climate)[- ]\w+|environment\w*|zero[- ]waste|plastic[- ]free"
        r"|fair[- ]?trade|wind power",
        story=False,
    ),
    family(
        "handmade",
        rf"hand-?{_HAND}|artisanal?|made by hand",
        rf"hand {_HAND}|by hand|artisans?|craftsm[ae]n(?:ship)?|craftswom[ae]n|handcraft",
        story=False,
    ),
    family(
        "home-made",
        r"home-?made",
        r"home[- ](?:cooked|baked)|made at home|(?:our|my|own) kitchen",
        story=False,
    ),
    family(
        "bespoke",
        r"bespoke",
        r"custom(?:-made|i[sz]ed)?|made[- ]to[- ](?:measure|order)|tailor(?:ed|-made)|personali[sz]ed"
        r"|(?:your|own) measurements",
        story=False,
    ),
    family(
        "local",
        r"locally (?:made|sourced|grown)",
        r"local(?:ly)?(?! (?:delivery|authority|call))|(?:made|grown|sourced|roasted|baked|brewed|built"
        r"|farmed)(?: here)? (?:in|on|at|near) [\w']+|from \w+ farms?",
        story=False,
    ),
    family(
        "authentic",
        r"authentic|genuine|original recipe",
        r"authentic\w+|genuinely|real|traditional|original",
        story=False,
    ),
    family("vegan", r"vegan|plant[- ]based", story=False),
    family("vegetarian", r"vegetarian", r"vegan|veggie|meat[- ]free|plant[- ]based|meatless", story=False),
    family(
        "without",
        rf"{_WITHOUT}[- ]free|non-(gmo)",
        rf"(?:no|without|zero|free (?:of|from))(?: any| added)? {_WITHOUT}",
        story=False,
    ),
    family(
        "low in",
        r"low(?:er)?[- ](?:in )?(fat|calorie|sugar|carb|salt)s?",
        r"(?:reduced|less|little)[- ](fat|calorie|sugar|carb|salt)s?",
        story=False,
    ),
    family("diet", r"(halal|kosher|keto)", story=False),
    family("fair trade", r"fair[- ]?trade", r"fairly traded", story=False),
    family("cure", r"cures?|heals?|miracle", r"cured|healed|healing", story=False),
    family(
        "weight loss",
        r"lose weight|weight[- ]loss|burns? fat",
        r"losing weight|slimm\w+|fat[- ]burning|lose (?:\d+|pounds|inches|kilos)|weight management",
        story=False,
    ),
    family("ageing", _AGE, r"age?ing|fine lines|mature skin", story=False),
    family(
        "boost",
        r"boosts? (?:your )?(immun|energy|metabol|mood)\w*",
        r"(?:boost|improv|support|lift|rais)\w*(?: [\w-]+){0,2} (immun|energy|metabol|mood)\w*|(immun|energy"
        r"|metabol|mood)\w*[- ]boost\w*",
        story=False,
    ),
    family("detox", r"detox\w*", story=False),
    family(
        "relief",
        r"pain[- ]free|painless|relie(?:f|ve|ves)",
        r"pains?|painful|relie\w+|sooth\w+|ach(?:es?|ing)|physio\w*|massages?",
        story=False,
    ),
    family(
        "no stress",
        r"stress[- ]free",
        r"(?:no|without|less) (?:stress|hassle|fuss)|stress|relax\w*|calm\w*",
        story=False,
    ),
    family("side effects", r"side effects", story=False),
    family(
        "healthy",
        r"healthy|healthier",
        r"health|healthily|nutri\w+|physio\w*|medic\w*|vitamins?|protein|wholegrain|wholesome|fibre|fiber",
        story=False,
    ),
    family(
        "new",
        r"brand[- ]new|all[- ]new|newly|introducing|just (?:launched|arrived|landed|in|released|opened)"
        r"|now (?:available|open|in stock|here)|new (?:arrivals?|collection|range|season|line|and improved"
        r"|look|release)|latest|our new|the new|finally here",
        r"new(?! (?:york|zealand|clients?|customers?|members?|users?|year))|launch\w*|introduc(?:e|es|ed)"
        r"|recent(?:ly)?|just out|opens|opened|opening (?:on|this|soon)|arrived|arriving",
        story=False,
    ),
    family(
        "entirely",
        r"completely|totally",
        r"complete|total|fully|entire(?:ly)?|100%|all|whole|every",
        story=False,
    ),
    family("hundred per cent", r"100% (\w+)", story=False),
    family("safe", r"totally safe|100% safe|fail-?safe|foolproof", story=False),
    family(
        "never",
        r"never (?:worry|again|miss|lose|run out)|no more \w+",
        r"never|no more|no longer|without|forget|stops?|(?:skip|avoid)(?:s|ping|ing)?",
        story=False,
    ),
    family(
        "certain result",
        r"always (?:works|get|win)|will change your life|life[- ]chang\w+|works every time|results? (?:in"
        r"|guaranteed)",
        r"always|results?(?<!test result)(?<!test results)|every time",
        story=False,
    ),
)
