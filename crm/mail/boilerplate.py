"""What firms, virus scanners and lists put below every mail: nobody wrote it for this reader. Recognised by how it begins and by what it must then say."""

import re

ABOUT_THIS_MAIL = re.compile(
    r"[\s*_]{0,4}(?:diese(?:r|s)? (?:e-?mail|mail|nachricht|mitteilung|schreiben)|this (?:e-?mail|message|communication|transmission)|(?:ce|le présent) (?:message|courriel|mail|courrier)|cet e-?mail|"
    r"este (?:mensaje|correo|e-?mail)|questo (?:messaggio|documento)|questa (?:e-?mail|comunicazione)|il presente messaggio|dit (?:bericht|e-?mail\w*)|deze e-?mail\w*|"
    r"(?:ta|niniejsza) (?:wiadomość|korespondencja)|esta (?:mensagem|comunicación))\b", re.I)
ABOUT_ITS_CONTENTS = re.compile(
    r"[\s*_]{0,4}(?:der inhalt dieser|die(?:se)? in dieser|die informationen in dieser|the (?:information|contents?)(?: contained)? (?:in|of) this|les informations contenues dans ce|"
    r"la informaci[oó]n contenida en este|le informazioni contenute in|de informatie (?:in|verzonden)|(?:treść|informacje zawarte w) tej wiadomości)\b", re.I)
NOTICE = re.compile(
    r"[\s*_=-]{0,6}(?:confidentiality (?:notice|note|disclaimer)|(?:legal )?disclaimer|haftungsausschluss|vertraulichkeitshinweis|rechtlicher hinweis|avis de confidentialité|aviso de confidencialidad|"
    r"aviso legal|avviso di riservatezza|klauzula poufności)\s{0,3}[:：*_=-]", re.I)
CONFIDENTIAL = re.compile(r"vertraulich|rechtlich geschützt|confidential|privileged|intended (?:solely|only)|solely for|confidentiel|confidencial|riservat|confidenzial|vertrouwelijk|poufn", re.I)
RECIPIENT = re.compile(
    r"adressat|empfänger|irrtümlich|anhäng|anlagen|addressee|recipient|attachment|in error|use of the|destinataire|pièces jointes|par erreur|destinatari|adjunto|por error|allegati|per errore|"
    r"geadresseerde|ontvanger|bijlage|adresat|odbiorc|załącznik", re.I)
SCANNED = re.compile(
    r"[\s*_]{0,4}(?:(?:virenfrei|virus-?free|sans virus|libre de virus|senza virus|virusvrij|wolne od wirusów)\b.{0,20}(?:www\.|avast|avg)|"
    r"(?:diese|this|ce|cet|questa|este|dit|deze|ta|l'absence) .{0,60}\b(?:avast|avg|antivirus|viren (?:geprüft|überprüft)|viruses by|checked for viruses|scanned (?:for viruses|by)|gecontroleerd op virussen|analizado))", re.I)
PRINTING = re.compile(
    r"[\s*_]{0,4}(?:P\s)?(?:(?:please )?(?:consider|think (?:of|about)) (?:the|your) environment|bitte (?:prüfen|denken|überlegen|schonen) sie.{0,60}(?:umwelt|ausdruck|ausgedruckt)|der umwelt zuliebe|pensez à l'environnement|"
    r"avant d'imprimer|antes de imprimir|prima di stampare|denk aan het milieu|zanim wydrukujesz)\b", re.I)
LONGEST = 6  # lines of a paragraph that are looked at


def begins_boilerplate(lines: list[str], place: int) -> bool:
    """Whether everything from this line on was put there by a program."""
    line = lines[place][:300]
    if NOTICE.match(line) or SCANNED.match(line) or PRINTING.match(line):
        return True
    contents = ABOUT_ITS_CONTENTS.match(line)
    if not contents and not ABOUT_THIS_MAIL.match(line):
        return False
    paragraph = _paragraph(lines, place)
    return bool(CONFIDENTIAL.search(paragraph) and (contents or RECIPIENT.search(paragraph)))


def _paragraph(lines: list[str], place: int) -> str:
    end = next((at for at in range(place, min(place + LONGEST, len(lines))) if not lines[at].strip()), place + LONGEST)
    return " ".join(lines[place:end])[:2000]
