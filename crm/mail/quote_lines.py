"""Which lines of a mail announce a quotation, carry a header block or end the message: by shape, with words of many languages."""

import re

WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|geschrieben|écrit|ecrit|escribi[óo]|escribe|ha scritto|scrisse|schreef|geschreven|napisa[łl]a?|"
    r"napisał\(a\)|pisze|skrev|escreveu|kirjoitti|napsala?|napísala?|írta|yazdı|написала?|писал|пишет|пише|написав|viết)"
    r"(?![\w])|写道|寫道|작성",
    re.I,
)
MYSELF = re.compile(r"\b(?:I|ich|wir|we|ik|wij|you|Sie|Ihr|du)\s+(?:wrote|schrieb\w*|schreef)|schrieb\w*\s+(?:ich|wir|Sie)\b|j'ai|nous avons|ho scritto|he escrito|"
                    r"heb ik|habe ich|haben (?:wir|Sie)", re.I)
STARTER = re.compile(
    r"[\s*_\"'\[(-]*(?:On|At|Am|Um|Le|El|Il|Op|W dniu|Dnia|Den|Em|Vào|Dne|Dňa|På|Af|Ma|Pe data|Στις|Tarih|Il giorno|In data|In een bericht|Von:|"
    r"\d{1,4}[\s./年-]|[A-Z][a-zà-ž]{1,9}\.?,\s+\d|\"[^\"]{1,80}\"\s*<)",
)
DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
TIMED = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|@")
ENDS = re.compile(r"(?:[:：]|wrote|>|--)[\s*_]*$")
DATE_AND_MAIL = re.compile(r"\s*\d{1,4}\s?[./年-]\s?\d{1,2}[./月-]\s?\d{1,4}.{0,200}<?[^\s<>@]+@[^\s<>@]+>?\)?\s*:?\s*$")
BETWEEN_DASHES = re.compile(r"\s*-{2,}.{0,200}\b(?:wrote|schrieb|écrit|escribi[óo]|scritto|schreef|napisał)\b.{0,60}-{2,}\s*$", re.I)
SHARED_LINE = re.compile(r"^(.*[^\s-])\s?-{2,}\s*((?:On|Am|Le|El|Il|Op) .{8,200}:)\s*$")
ORIGINAL = re.compile(
    r"(?:"
    r"original message|original(?:e)? nachricht|ursprüngliche (?:nachricht|e-?mail)|message d'origine|message original|mensaje original|"
    r"messaggio originale|(?:oorspronkelijk|origineel) bericht|(?:oryginalna )?wiadomość oryginalna|oryginalna wiadomość|"
    r"oprindelig meddelelse|ursprungligt meddelande|originalmeddelande|opprinnelig melding|mensagem original|reply message|"
    r"исходное сообщение|původní zpráva|alkuperäinen viesti|eredeti üzenet|原始邮件|元のメッセージ"
    r")\s*:?\s*$",
    re.I,
)
FORWARDED = re.compile(
    r"(?:begin )?(?:forwarded (?:message|email)(?: from .{1,80})?|weitergeleitete (?:nachricht|e-?mail)|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"(?:début du )?message (?:transféré|réexpédié)|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|"
    r"doorgestuurd bericht|begin doorgestuurd bericht|(?:początek )?przekazan\w+ wiadomoś\w+|wiadomość przekazana|videresendt (?:meddelelse|besked)|vidarebefordrat (?:brev|meddelande)|"
    r"mensagem encaminhada|пересылаемое сообщение)\s*:?\s*$",
    re.I,
)
FIELDS = {
    "from": "from|von|de|da|van|od|fra|från|от|kimden|lähettäjä|feladó|发件人|差出人",
    "date": "date|sent|sent at|datum|gesendet|gesendet am|envoyé|envoyé le|fecha|enviado|enviado el|data|inviato|verzonden|wysłano|wysłany|sendt|dato|skickat|"
            "дата|отправлено|lähetetty|elküldve|发送时间|送信日時|date d'envoi",
    "to": "to|an|à|a|para|aan|do|til|till|кому|kime|vastaanottaja|címzett|收件人|宛先",
    "subject": "subject|betreff|objet|asunto|oggetto|onderwerp|temat|emne|ämne|assunto|тема|konu|aihe|tárgy|主题|件名",
    "other": "cc|bcc|kopie|copie à|copia|dw|kopia|reply-to|antwort an|répondre à|responder a|rispondi a|importance|attachments|anlagen",
}
FIELD = re.compile(r"[\s>*_]*(?:" + "|".join(f"(?P<{name}>{words})" for name, words in FIELDS.items()) + r")\s?(?:\*_?|_?\*)?\s?[:：]\s*\*?(?=\s|\S)", re.I)
SIGNATURE = re.compile(r"\s{0,3}(?:--|—|––|-- )\s*$")
RULE = re.compile(r"\s*(?:ᐧ|([-_=+~#*])\1{2,})\s*$")
DEVICE = (
    r"(?:iphone|ipad|ipod|android|samsung|galaxy|blackberry|smartphone|handy|telefon|mobil\w*|phone|outlook|gmx|web\.de|yahoo|gmail|mail|tablet|device|"
    r"windows|huawei|htc|sony|nokia|acompli|proton\w*|fairphone|pixel|xiaomi|oneplus|apple|app|aquamail|k-9|thunderbird|airmail|spark|nine|hey)"
)
MOBILE = re.compile(
    r"[\[(<]?(?:"
    r"sent (?:from|via|with|using) (?:my |the |a |an )?[^,.!?]{1,60}|get outlook for .{1,60}|"
    rf"(?:gesendet|verschickt|geschrieben) (?:von|mit|über|via|aus)[^,!?]{{1,25}}{DEVICE}.{{0,60}}|von (?:meinem|unterwegs).{{1,60}} (?:gesendet|gesandt|geschickt|verschickt)|"
    rf"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit).{{1,60}} (?:gesendet|verschickt|geschickt)|holen sie sich outlook für .{{1,60}}|outlook für .{{1,20}} (?:beziehen|herunterladen)\S*|"
    r"envoyé (?:de|depuis|avec|à partir de) [^,.!?]{1,60}|télécharge[rz] outlook .{1,60}|provenance : .{1,60}|obtenez outlook pour .{1,60}|"
    r"enviado (?:desde|de|con|do) [^,.!?]{1,60}|obtener outlook para .{1,60}|obtenha o? ?outlook .{1,60}|"
    r"inviato (?:da|dal|con) [^,.!?]{1,60}|scarica outlook .{1,60}|ottieni outlook .{1,60}|"
    r"verzonden (?:vanaf|vanuit|van|met) [^,.!?]{1,60}|(?:download|verkrijg) outlook (?:voor|for) .{1,60}|"
    r"wysłan[eoy] z [^,.!?]{1,60}|pobierz (?:aplikację )?outlook.{1,60}|"
    r"sendt fra min [^,.!?]{1,60}|skickat från [^,.!?]{1,60}|lähetetty [^,.!?]{1,60}|отправлено (?:с|из) [^,.!?]{1,60}"
    r")[\s*_\])>.]*(?:<?https?://\S+>?)?\s*$",
    re.I,
)
SIGN_OFF = re.compile(
    r"\s*(?:(?:best|kind|warm|many|with)?\s*(?:regards|wishes|thanks|thank you|cheers|sincerely)|(?:mit |viele |liebe |beste |schöne |freundliche\w* ){0,4}(?:grüße|grüßen|gruß|gruss|grüsse)|mfg|vg|lg|"
    r"cordialement|bien à vous|merci|salutations|saludos|un saludo|gracias|atentamente|cordiali saluti|saluti|grazie|"
    r"(?:met )?(?:vriendelijke )?groet(?:en|jes)?|mvg|pozdrawiam|z poważaniem|dziękuję|(?:med )?(?:vänlig(?:a)? |venlig )?(?:hälsning(?:ar)?|hilsen)|mvh)\b",
    re.I,
)
QUOTED = re.compile(r"[ \t]{0,3}(?:[A-Za-z]{1,3}(?=>[> \t]|>$))?>")


def is_attribution(text: str, opens_paragraph: bool, quote_follows: bool) -> bool:
    """'On … somebody wrote:' — not a sentence of the writer that happens to say so."""
    if len(text) > 500 or not ENDS.search(text):
        return False
    if DATE_AND_MAIL.match(text) or BETWEEN_DASHES.match(text):
        return True
    if not WROTE.search(text) or MYSELF.search(text) or not (DATED.search(text) or "@" in text):
        return False
    if not (opens_paragraph or STARTER.match(text)):
        return False
    return quote_follows or bool(TIMED.search(text))


def field_of(line: str) -> str | None:
    """from, date, to, subject or other if the line looks like 'From: …' in one of many languages."""
    match = FIELD.match(line[:120])
    return match.lastgroup if match else None
