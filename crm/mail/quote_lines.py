"""Which lines of a mail announce a quotation, carry a header block or end the message: by shape, with words of many languages."""

from __future__ import annotations

import re
from typing import cast


class _Pattern:
    """Compiled when it is first asked for: together they take a sixth of a second, and most processes never read a mail."""

    def __init__(self, written: str, flags: int):
        self.written, self.flags = written, flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self.written, self.flags)
        self.match, self.search, self.sub = compiled.match, compiled.search, compiled.sub
        return getattr(compiled, name)


def pattern(written: str, flags: int = 0) -> re.Pattern[str]:
    return cast(re.Pattern[str], _Pattern(written, flags))


WROTE = pattern(
    r"\b(?:wrote|writes|schrieb|schrieben|schreibt|geschrieben|écrit|ecrit|escribi[óo]|escribe|ha scritto|scrisse|schreef|geschreven|napisa[łl]a?|napisana przez|"
    r"napisał\(a\)|pisze|skrev|escreveu|kirjoitti|napsala?|napísala?|napisao|napisala|írta|yazdı|написала?|написа|писал|пишет|пише|написав|viết|a scris|έγραψε|napisal)"
    r"(?![\w])|写道|寫道|작성|のメール|tarihinde",
    re.I,
)
MYSELF = pattern(r"\b(?:I|ich|wir|we|ik|wij|you|Sie|Ihr|du)\s+(?:wrote|schrieb\w*|schreef)|schrieb\w*\s+(?:ich|wir|Sie)\b|j'ai|nous avons|ho scritto|he escrito|"
                    r"heb ik|habe ich|haben (?:wir|Sie)", re.I)
YOU = pattern(r"\b(?:you|jij|je|u|vous|usted|lei|pan|pani)\b|\b(?:Sie|Ihr|du|haben Sie)\b", re.I)
SAID = pattern(r"\s*[^\s.,;:!?][^.;:!?\n]{0,60} (?:a dit|said|sagte|dijo|ha detto|zei|powiedział\w*|disse|sa|sade|sagde)\s?[:：]\s*$")
LONE_ADDRESS = pattern(r"\s*<?[^\s<>()@]+@[^\s<>()@]+>? ")
STARTER = pattern(
    r"[\s*_\"'\[(-]*(?:On|At|Am|Um|Le|El|Il|Op|W dniu|Dnia|Den|Em|No dia|Vào|Dne|Dňa|Dana|På|Af|Ma|Pe|În|На|Στις|Tarih|Il giorno|In data|In een bericht|In a message|Von:|"
    r"\d{1,4}[\s./年-]|[^\W\d_]{2,10}\.?,?\s+(?:den\s+)?\d|\"[^\"]{1,80}\"\s*<)",
)
DATED = pattern(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
TIMED = pattern(r"\d{1,2}[:.h]\d{2}(?!\d)|@")
CLOCK = pattern(r"\d{1,2}[:.h]\d{2}(?!\d)")
DAY = pattern(r"\b(?:19|20)\d{2}(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
IN_BRACKETS = pattern(r"[<(\[]\s*(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+")
EARLY_DIGIT = pattern(r"\D{0,16}\d")
ENDS = pattern(r"(?:[:：]|wrote|>|--|\.\.\.|…|in message news:\S{3,200})[\s*_]*$")
COLON = pattern(r"[:：][\s*_]*$")
QUOTING = pattern(r"\s*(?:Zitat von|Zitiere|Quoting|Citando(?: a)?|Citazione|Citation de|Citaat van|Citat från|Citat fra|Cytowanie)\s+\S.{0,150}(?:[:：]|\(\d{4}-\d\d-\d\d[^()]{0,30}\))\s*$", re.I)
DATE_AND_MAIL = pattern(r"\s*\d{1,4}\s?[./年-]\s?\d{1,2}[./月-]\s?\d{1,4}.{0,200}<?[^\s<>@]+@[^\s<>@]+>?\)?\s*:?\s*$")
BETWEEN_DASHES = pattern(r"\s*-{2,}.{0,200}\b(?:wrote|schrieb|écrit|escribi[óo]|scritto|schreef|napisał)\b.{0,60}-{2,}\s*$", re.I)
SHARED_LINE = pattern(r"^(.*[^\s-])\s?-{2,}\s*((?:On|Am|Le|El|Il|Op) .{8,200}:)\s*$")
# An announcement that shares its line with the end of the answer, as programs without line breaks leave it.
BEHIND_SENTENCE = pattern(r"^(.{0,300}[.!?)]) {1,3}((?:On|Am|Le|El|Il|Op|Den|Dnia|W dniu|Em) [^.!?]{0,6}\d.{8,200}[:：])\s*$")
# An announcement that what it announces follows on its own line: Yahoo's programs write so.
FLATTENED = pattern(r"^(\s*(?:On|Am|Le|El|Il|Op|Den|Dnia|W dniu|Em) .{8,200}?@[^\s<>]{3,200}>[^:：<>]{0,30}[:：]) {1,9}(\S.*)$")
# GroupWise: >>> Somebody <somebody@example.com> 03.11.2026 14:03 >>>
BETWEEN_ARROWS = pattern(r">>> (?=.{0,200}\d{1,2}[:.]\d{2}).{3,250}(?: >>>|in Nachricht|in message)\s*$")
ORIGINAL = pattern(
    r"(?:"
    r"original (?:message|e-?mail)|original(?:e)?[- ]?nachricht|ursprüngliche (?:nachricht|e-?mail|mail)|(?:message|courriel|e-?mail) d'origine|message (?:original|initial)|mensaje original|"
    r"messaggio originale|(?:oorspronkelijk|origineel|originele) (?:bericht|e-?mail)|(?:oryginalna )?wiadomość oryginalna|oryginalna wiadomość|"
    r"(?:oprindelig|original) (?:meddelelse|besked)|ursprungligt meddelande|originalmeddelande|(?:opprinnelig|original) melding|mensagem original|reply message|"
    r"исходное сообщение|оригинальное сообщение|původní (?:zpráva|e-?mail)|pôvodná správa|alkuperäinen viesti|eredeti üzenet|orijinal (?:mesaj|ileti)|mesaj original|izvorna poruka|izvirno sporočilo|"
    r"原始邮件|原始郵件|原邮件|元のメッセージ|오리지널 메시지|원본 메시지"
    r")\s*[:：]?\s*$",
    re.I,
)
FORWARDED = pattern(
    r"(?:begin )?(?:forwarded (?:message|e-?mail)(?: from .{1,80})?|weitergeleitete (?:nachricht|e-?mail|mail)|weitergeleitet von .{1,120}|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"(?:début du )?(?:message|courriel) (?:transféré|réexpédié|transmis)|(?:mensaje|correo) reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|"
    r"doorgestuurd bericht|begin doorgestuurd bericht|(?:początek )?(?:przekazan\w+|przesłan\w+) wiadomoś\w+|wiadomość (?:przekazana|przesłana)(?: dalej)?|videresendt (?:meddelelse|besked|melding|e-?mail)|"
    r"vidarebefordrat (?:brev|meddelande|mejl)|vidarebefordrad e-post|mensagem (?:encaminhada|reencaminhada)|пересылаемое сообщение|přeposlaná zpráva|preposlaná správa|välitetty viesti|továbbított üzenet|"
    r"iletilen mesaj|mesaj redirecționat|转发邮件|转发的邮件|転送されたメッセージ|전달된 메시지)\s*[:：]?\s*$",
    re.I,
)
# A form letter of a ticket system: everything below it is the mail that is answered.
ABOVE = r"\b(?:above|over|oberhalb|über|au-dessus|ci-dessus|encima|arriba|sopra|boven|powyżej|acima|ovanför|ovenfor)\b"
LINE = r"\b(?:line|linie|zeile|ligne|l[íi]nea|riga|regel|lijn|linii|linią|linijką|linha|linjen|raden)\b"
REPLY_ABOVE = pattern(
    r"\W{0,20}(?:(?:please|bitte|veuillez|por favor|si prega di|gelieve|proszę) )?"
    r"(?:(?:reply|write|type your (?:reply|response)|add your reply|antwort\w*|schreiben sie ihre antwort|répond\w*|respond\w*|responda|rispond\w*|antwoord\w*|odpowiedz)\b).{0,40}?"
    rf"{ABOVE}.{{0,20}}?{LINE}.{{0,60}}$",
    re.I,
)
ORNATE_ABOVE = pattern(rf"\s*+[-#=_*<>~+]{{2,}}+[^\n]{{0,80}}?{ABOVE}[^\n]{{0,20}}?{LINE}[^\n]{{0,60}}?[-#=_*<>~+]{{2,}}+\s*$", re.I)
# Words between rules, as many programs set above the mail they quote: what follows must look like its header.
BETWEEN_RULES = pattern(r"\s*[-_=–—*]{3,}\s*[^\W\d][^-_=]{2,80}?\s*[-_=–—*]{3,}\s*$")
FIELDS = {
    "from": "from|von|de la|de|da|van|od|fra|från|от|від|από|kimden|gönderen|lähettäjä|feladó|pošiljatelj|发件人|寄件者|差出人|送信者|보낸 사람|보낸사람|expéditeur|absender|mittente|remitente|afzender|nadawca",
    "date": "date|sent at|sent on|sent|datum|gesendet am|gesendet|verschickt|versendet|envoyé le|envoyé|envoyée|fecha|enviado el|enviado|enviada em|enviado em|data|inviato il|inviato|verzonden|wysłano|wysłany|wysłane|sendt|dato|"
            "skickat|дата|отправлено|надіслано|изпратено|lähetetty|päivämäärä|elküldve|dátum|odesláno|odoslané|gönderildi|gönderme tarihi|tarih|trimis|trimisă|poslano|στάλθηκε|ημερομηνία|发送时间|发件时间|日期|时间|寄件日期|"
            "送信日時|日時|日付|보낸 날짜|보낸날짜|date d'envoi",
    "to": "to|an|à|a|para|aan|do|til|till|кому|до|kime|alıcı|vastaanottaja|címzett|komu|către|za|prima|προς|收件人|收件者|宛先|받는 사람|받는사람|empfänger|destinataire|destinatario",
    "subject": "subject|betreff|objet|asunto|oggetto|onderwerp|temat|emne|ämne|assunto|тема|относно|konu|aihe|tárgy|předmět|predmet|zadeva|subiect|θέμα|主题|主旨|主題|件名|제목|betr|sujet",
    "other": "cc|bcc|kopie|copie à|copia|dw|kopia|reply-to|antwort an|antworten an|répondre à|responder a|rispondi a|importance|wichtigkeit|priorität|attachments|anlagen|抄送|message-id|x-mailer|organization",
}
FIELD = pattern(r"[\s>*_]*(?:" + "|".join(f"(?P<{name}>{words})" for name, words in FIELDS.items()) + r")\s?(?:\*{0,2}_?|_?\*{1,2})\s?[:：]\s*\*{0,2}(?=\s|\S)", re.I)
SIGNATURE = pattern(r"\s{0,3}(?:--|—|––|-- )\s*$")
RULE = pattern(r"\s*(?:ᐧ|([-_=+~#*])\1{2,})\s*$")
DEVICE = (
    r"(?:iphone|ipad|ipod|android|samsung|galaxy|blackberry|smartphone|handy|telefon|mobil\w*|phone|outlook|gmx|web\.de|yahoo|gmail|\bmail|tablet|device|gerät|"
    r"windows|huawei|htc|sony|nokia|acompli|proton\w*|fairphone|pixel|xiaomi|oneplus|apple|\bapp|aquamail|k-9|thunderbird|airmail|spark|nine|\bhey\b|client|tuta\w*|unterwegs|mailspring|freenet|t-online)"
)
LINK = pattern(r"[<(\[]{0,2}(?:https?://|www\.)[^\s<>]{1,300}[>)\]]{0,2}")
OUTLOOK_FOR = pattern(
    r"[^.!?]{0,40}\boutlook\s{1,3}(?:for|für|pour|para|per|voor|dla|för|til|для|pro|pre|pentru|rendszerhez|için)\s.{0,12}?(?:ios|android|mac|windows|iphone|ipad)\b.{0,24}$", re.I)
EXCUSE = r"(?:\.\s+(?:please (?:excuse|pardon|forgive)|excuse|bitte entschuldigen|entschuldigen|sorry for|veuillez excuser|disculp\w*|scusa\w*)[^.!?]{0,80})"
MOBILE = pattern(
    r"[\[(<]?(?:"
    rf"sent (?:from|via|with|using|by) [^,.!?]{{0,60}}(?:, (?:an? |samsung|lg|htc|moto|apple|google|powered)[^,.!?]{{1,60}})?|get outlook for .{{1,60}}|sent on the go|"
    rf"(?:gesendet|verschickt|versendet|geschrieben|mobil gesendet) (?:von|mit|über|via|aus)[^,!?]{{1,40}}?{DEVICE}.{{0,60}}|von [^.,!?]{{0,40}}?{DEVICE}[^.,!?]{{0,30}} (?:gesendet|gesandt|geschickt|verschickt|versendet)|"
    rf"(?:mit|via|über|aus) (?:[^\s.,!?]{{1,20}} )?{DEVICE}[^.,!?]{{0,20}} (?:gesendet|verschickt|versendet)|von (?:meinem|unterwegs).{{0,60}} (?:gesendet|gesandt|geschickt|verschickt|versendet)|von unterwegs gesendet|mobil gesendet|"
    rf"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit).{{1,80}} (?:gesendet|verschickt|geschickt|versendet)|holen sie sich outlook für .{{1,60}}|"
    rf"(?:ce (?:message|mail) a été )?(?:envoyé|envoyée) (?:de|du|depuis|avec|par|via|à partir d(?:e |'|u )) ?[^,.!?]{{1,60}}|provenance : .{{1,60}}|"
    rf"enviado (?:desde|de|con|do|com|pelo) [^,.!?]{{1,60}}|"
    rf"inviat[oa] (?:da|dal|dall'|con) ?[^,.!?]{{1,60}}|"
    rf"(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|van|met|via|door) [^,.!?]{{1,60}}|"
    rf"wysłan[eoy] (?:z|ze|przy użyciu|za pomocą) [^,.!?]{{1,60}}|"
    rf"sendt (?:fra|med|via) [^,.!?]{{1,60}}|skickat (?:från|med|via) [^,.!?]{{1,60}}|lähetetty [^,.!?]{{1,60}}|отправлено (?:с|из|со) [^,.!?]{{1,60}}|надіслано з [^,.!?]{{1,60}}|"
    rf"ode?sl[aá]no z[e]? [^,.!?]{{1,60}}|odoslané z[o]? [^,.!?]{{1,60}}|trimis de pe [^,.!?]{{1,60}}|poslano (?:s|iz|sa|z) [^,.!?]{{1,60}}|[^\s,.!?]{{1,30}} gönderildi|"
    rf"(?:iphone|ipad|android|outlook|yahoo).{{0,20}}(?:から送信|より送信)|发自我的.{{1,30}}|从我的.{{1,20}}发送|나의 iphone에서 보냄"
    rf"){EXCUSE}?[\s*_\])>.]*$",
    re.I,
)
SIGN_OFF = pattern(
    r"\s*(?:(?:best|kind|warm|many|with)?\s*(?:regards|wishes|thanks|thank you|cheers|sincerely)|(?:mit |viele |liebe |beste |schöne |freundliche\w* ){0,4}(?:grüße|grüßen|gruß|gruss|grüsse)|mfg|vg|lg|"
    r"cordialement|bien à vous|merci|salutations|saludos|un saludo|gracias|atentamente|cordiali saluti|saluti|grazie|"
    r"(?:met )?(?:vriendelijke )?groet(?:en|jes)?|mvg|pozdrawiam|z poważaniem|dziękuję|(?:med )?(?:vänlig(?:a)? |venlig )?(?:hälsning(?:ar)?|hilsen)|mvh)\b",
    re.I,
)
QUOTED = pattern(r"[ \t]{0,3}(?:[A-Za-z]{1,3}(?=>[> \t]|>$))?>")


def is_attribution(text: str, opens_paragraph: bool, quote_follows: bool) -> bool:
    """'On … somebody wrote:' — not a sentence of the writer that happens to say so."""
    if len(text) > 500:
        return False
    if QUOTING.match(text):
        return quote_follows or "@" in text
    if not ENDS.search(text):
        return False
    if DATE_AND_MAIL.match(text) or BETWEEN_DASHES.match(text) or _names_day_hour_and_writer(text):
        return True
    if WROTE.search(text) and opens_paragraph and quote_follows and len(text) < 80 and COLON.search(text) and not MYSELF.search(text):
        return True
    if not WROTE.search(text) or MYSELF.search(text) or not (DATED.search(text) or "@" in text):
        return False
    if not (opens_paragraph or STARTER.match(text) or (COLON.search(text) and CLOCK.search(text) and (DAY.search(text) or "@" in text))):
        return False
    return quote_follows or "@" in text or bool(CLOCK.search(text) and DAY.search(text))


def introduces_quote(text: str) -> bool:
    """One line before lines that are marked as quoted: an address and a verb, day and hour and 'you wrote', a name and 'said'."""
    if len(text) > 160 or not COLON.search(text):
        return False
    if SAID.match(text):
        return True
    if not WROTE.search(text):
        return False
    if MYSELF.search(text):
        return bool(YOU.search(text) and CLOCK.search(text) and DAY.search(text))
    return bool(IN_BRACKETS.search(text) or LONE_ADDRESS.match(text))


def _names_day_hour_and_writer(text: str) -> bool:
    """Day, hour, an address in brackets and a colon at the end: that is an announcement in any language, whatever the verb."""
    return bool(EARLY_DIGIT.match(text) and COLON.search(text) and IN_BRACKETS.search(text) and CLOCK.search(text) and DAY.search(text))


def may_begin_attribution(line: str) -> bool:
    """Whether a line can be the first one of an announcement that is broken over several."""
    return bool(STARTER.match(line)) or any(char in "@<" or char.isdigit() for char in line)


def is_mobile(line: str) -> bool:
    """'Sent from my telephone' and its like, in a line of its own."""
    bare = LINK.sub("", line).strip(" \t*_-~|")
    return bool(MOBILE.match(bare) or OUTLOOK_FOR.match(bare))


def field_of(line: str) -> str | None:
    """from, date, to, subject or other if the line looks like 'From: …' in one of many languages."""
    match = FIELD.match(line[:120])
    return match.lastgroup if match else None
