"""What mail servers say when they return a mail, in the words they use."""

import re

SUBJECT = re.compile(
    r"undeliver|delivery (?:status|fail|problem|report|notification|error|has failed)|deliver[ey]+ (?:failure|error)|returned (?:mail|to sender)|return(?:ed)? e?-?mail|failure notice|mail (?:delivery|system|status)|non[- ]?deliver|"
    r"not deliver(?:ed|able)|could not be delivered|unable to deliver|delivery to .{1,80} failed|message (?:status|delayed|not delivered)|mail could not|failed (?:mail|delivery)|mail failure|bounced|"
    r"warning: (?:could not send|message)|delayed mail|message you sent|user unknown|unzustellbar|nicht zugestellt|zustell(?:ung|fehler)|konnte nicht|rückläufer|"
    r"non remis|non distribu|échec|no se (?:pudo|ha podido)|no entregad|devuelto|mancata consegna|non (?:consegnat|recapitat)|onbestelbaar|niet (?:afgeleverd|bezorgd)|"
    r"niedostarczon|nie (?:została|można) dostarcz|zwrot|falha na entrega|не доставлено|недоставлен|配信|送信|rejected|virus|blocked|denied|refused|notification d'état|delivery|error sending|sending your (?:mail|message)",
    re.I,
)
ADDRESS_GONE = re.compile(
    r"user (?:is )?(?:unknown|not found)|unknown (?:user|recipient|mailbox|address|local|account)|no such (?:user|recipient|mailbox|address|account|person|domain|host|local)|"
    r"(?:user|account|mailbox|recipient|address|alias|domain|host)[\w<>@.: '\"()\[\]-]{0,80}? (?:does not|doesn'?t|do not) exist|(?:does not|doesn'?t) have an? [\w.]{0,30} ?account|"
    r"(?:address|recipient|user|mailbox)[\w<>@.: '\"()-]{0,60}? (?:not (?:found|known|listed|exist)|unknown|invalid|no longer)|not (?:a )?(?:known|valid) (?:user|recipient|mailbox|address)|invalid (?:recipient|mailbox|address|user)|"
    r"(?:user|recipient|mailbox|address|account)[\w<>@.: '\"()-]{0,60}? (?:is )?(?:unavailable or|no longer (?:valid|available|on|with|active|accepted)|not (?:our|a) (?:customer|known))|"
    r"not listed in|no mailbox (?:here|found|by)|mailbox not found|unrouteable|unroutable|host (?:or domain name )?not found|name service error|domain (?:not found|does not)|"
    r"host unknown|unknown host|discontinued|no matches to nameserver|bad (?:destination|address)|address rejected: (?:user|undeliverable|access denied)|(?:unbekannt|existiert nicht|nicht bekannt|nicht gefunden)|n'existe pas|inconnu|no existe|desconocid|"
    r"non esiste|sconosciut|bestaat niet|onbekend|nie istnieje|nieznany|has moved|moved to another|dead letter|null mx|does not accept mail|not our customer|badrcptto|"
    r"#?5\.1\.[0-36](?!\d)|5\.1\.10(?!\d)|nullmx|i couldn't find (?:any host|a mail exchanger)|recipient (?:rejected|unknown)|unknown to us|nxdomain|no mx|wasn't found at|couldn't be found|mailnotfound",
    re.I,
)
OVER_QUOTA = re.compile(
    r"(?:over|exceed\w*|out of) ?-?(?:\w+ ){0,3}(?:quota|storage|disk|allot)|quota (?:exceeded|full|limit)|mail ?(?:box|folder|drop)[\w<>@.: '\"()-]{0,60}?(?:is )?(?:full|over|exceed)|"
    r"(?:full|overfull) mail ?box|mailbox full|inbox (?:is )?full|(?:storage|space) (?:limit|quota|exceeded)|insufficient (?:disk |storage |system )?(?:space|storage)|too much mail|5\.2\.2(?!\d)|4\.2\.2(?!\d)|postfach (?:ist )?voll|"
    r"speicherplatz|boîte (?:aux lettres )?pleine|buz[óo]n lleno|casella piena|mailbox vol|przepełnion",
    re.I,
)
NOT_THE_ADDRESS = re.compile(
    r"spam|junk|virus|infected|malware|policy|blacklist|block(?:ed|list)|black ?list|reputation|dmarc|\bspf\b|dkim|content (?:rejected|filter)|too (?:large|big)|(?:size|message) (?:limit|exceeds)|exceeds.{0,40}size|"
    r"relay(?:ing)?(?: access)? (?:denied|not|prohibited)|relaying|access denied|not (?:allowed|permitted|authori[sz]ed)|authentication|prohibited|rejected|refused|loop|hop count|too many|"
    r"disabled|suspended|inactive|not active|syntax|ptr|reverse (?:dns|lookup)|local error|configuration|abuse|unsolicited|5\.7\.\d|5\.3\.\d|5\.[56]\.\d|greylist|timed? ?out|system error|internal error",
    re.I,
)
PERMANENT = re.compile(r"permanent(?:ly)? (?:\w+ )?(?:error|fail)|fatal error|i've given up|n'a pas pu [eê]tre d[eé]livr|endgültig", re.I)
TEMPORARY = re.compile(r"tempor|try again|will (?:keep|continue|retry)|retry|delayed|delay|deferred|later|timed? ?out|expired|too long|connection (?:refused|lost|timed)|verzögert|in queue", re.I)
FAILED_TEXT = re.compile(
    r"undeliver|trouble delivering|postponed|(?:could|can|was|were|has|have|been) ?(?:not|n'?t)(?: been| be)?(?: yet)? (?:delivered|deliver|sent|reach)|deliver\w{0,12}[^.\n]{0,60}(?:fail|delay|problem|unsuccessful|error|impossible|unable|aborted)|"
    r"fail\w*[^.\n]{0,40}(?:deliver|recipient|address)|unable to (?:deliver|relay|send|complete)|unknown (?:user|recipient|address)|user (?:is )?unknown|no such (?:user|recipient)|mailbox (?:is )?(?:full|unavailable|not)|"
    r"(?:permanent|fatal|temporary|following|transient)[^.\n]{0,40}(?:error|failure|fail)|returned (?:to sender|mail|message)|(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.])|(?:^|[\s:(])5[05]\d[ -]|not (?:been )?delivered|bounced|rejected|"
    r"has been (?:rejected|blocked|refused|denied)|(?:doesn't|does not) (?:exist|have)|nicht zugestellt|unzustellbar|nicht (?:übermittelt|ausgeliefert)|n'a (?:pas )?pu|no (?:se )?(?:pudo|ha podido|pudo)|non (?:è stato|recapitat|consegnat)|"
    r"niet (?:worden )?(?:afgeleverd|bezorgd)|nie (?:została|mogła|można)|не (?:доставлен|удалось)|over quota|exceed|blocked|virus|delivery status|following address|エラー|配信|届け|送信|配送",
    re.I | re.M,
)
