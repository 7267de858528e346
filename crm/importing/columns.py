"""What the columns of other systems are called, in English and German, and which of our fields each becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from crm.folding import fold

_NOT_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{7,}")

# Field → labels, separated by | and compared without case, umlauts, blanks and signs. Of two columns for one field the label named earlier wins.
PEOPLE = {
    "external_id": "external_id|externe id|externe kundennummer|fremdschlüssel",
    "customer_number": "customer_number|customer no|customer id|kundennummer|kundennr|kunden-nr|kunden-id|kdnr|kd-nr|debitor|debitorennummer|account number|client number|klantnummer",
    "backbone_id": "backbone_id|backbone id",
    "record_id": "contact id|record id - contact|record id|hubspot contact id|kontakt-id|contactid|vid|datensatz-id|id",
    "salutation": "salutation|salutation name|anrede|honorific|honorific prefix|name prefix|namenspräfix|prefix|gender|geschlecht",
    "title": "academic title|akademischer titel|akad. titel|namenstitel|titel|title",
    "first_name": "first_name|first name|vorname|given name|forename|rufname|prename|christian name|imię|prénom|nome|nombre|first|fname",
    "middle_name": "middle name|additional name|weitere vornamen|weitere/r vorname/n|zweiter vorname|middle name/initial|middle",
    "last_name": "last_name|last name|nachname|familienname|surname|family name|zuname|nom de famille|apellido|cognome|lname|last",
    "name": "full name|fullname|vollständiger name|vor- und nachname|display_name|display name|anzeigename|contact name|kontaktname|ansprechpartner|kontakt|name|file as",
    "role": "job title|jobtitle|position|organization title|organisation title|organization 1 title|funktion|stellenbezeichnung|berufsbezeichnung|tätigkeit|account role|role|rolle|beruf|occupation",
    "organisation": "organisation|organization|organisation name|organization name|organization 1 name|company|company name|firma|firmenname|unternehmen|unternehmensname|account name|associated company|primary company|name des unternehmens|zugeordnetes unternehmen|primäres unternehmen|accountname|arbeitgeber|employer|betrieb|account|konto name",
    "firm.domain": "company domain name|company domain|organisation domain|organization domain|domain|firmendomain|unternehmensdomain|domainname des unternehmens|domain der firma",
    "firm.industry": "industry|branche|company industry|organisation industry|organization industry|account industry|wirtschaftszweig",
    "firm.website": "website|web site|web page|webseite|company website|organisation website|organization website|website url|website-url|homepage|account website|firmenwebsite|internetseite|internet",
    "firm.phone": "organisation phone|organization phone|account phone|telefonzentrale|telefon zentrale|zentrale",
    "firm.street": "organisation street|organization street|company street address|company street|company address|account street|firmenstraße|firmenanschrift|straße firma",
    "firm.extra": "organisation address extra|company address line 2|company street address 2|adresszusatz firma",
    "firm.postcode": "organisation postcode|organization postal code|company postal code|company zip|company zip code|account postal code|firmen-plz|plz firma",
    "firm.city": "organisation city|organization city|company city|account city|firmenort|ort firma",
    "firm.state": "organisation state|organization state|company state/region|company state|account state|bundesland firma",
    "firm.country": "organisation country|organization country|company country/region|company country|account country|firmenland|land firma",
    "email": "email|e-mail|email address|e-mail address|e-mail-adresse|primary email|haupt-e-mail|e-mail value|email value|emailadresse|mail|mailadresse|mail address|email addresses|e-mails|correo|courriel",
    "email:work": "work email|business email|e-mail geschäftlich|e-mail (geschäftlich)|e-mail dienstlich|geschäftliche e-mail|e-mail arbeit|email work",
    "email:home": "home email|personal email|private email|e-mail privat|e-mail (privat)|private e-mail|email home|email privat",
    "email:other": "other email|additional email|additional email addresses|secondary email|weitere e-mail|weitere e-mail-adresse|alternative email|e-mail sonstige",
    "phone": "phone|phone number|telephone|telefon|telefonnummer|rufnummer|primary phone|haupttelefon|telefon haupt|festnetz|tel|tel nr|phone value|phone numbers|hauptnummer",
    "phone:work": "business phone|work phone|telefon geschäftlich|telefon (geschäftlich)|telefon dienstlich|telefon büro|office phone|phone work|geschäftlich|company main phone|telefon firma|company phone|durchwahl",
    "phone:home": "home phone|telefon privat|telefon (privat)|private phone|phone home|telefon zuhause",
    "phone:mobile": "mobile|mobile phone|mobile phone number|mobile number|mobiltelefonnummer|mobiltelefon|mobilnummer|mobil|cell|cell phone|cellphone|handy|handynummer|telefon mobil|mobil privat|mobil geschäftlich|phone mobile|handy privat",
    "phone:other": "other phone|weiteres telefon|fax|fax number|faxnummer|telefax|business fax|fax geschäftlich|fax (geschäftlich)|home fax|fax privat|other fax|weiteres fax|telefon sonstige|assistant phone|car phone|radio phone",
    "handle": "handle|twitter|twitter username|twitter handle|linkedin|linkedin url|linkedin profile|xing|facebook|instagram|skype|skype id|mastodon|social",
    "visitor": "visitor|visitor_id|visitor id|besucher|besucher-id",
    "street": "street|street address|address|straße|straße und hausnummer|straße hausnummer|straße/hausnr|straße, hausnr.|anschrift|adresse|address street|address line 1|address 1|adresszeile 1|"
              "business street|straße geschäftlich|mailing street|postanschrift straße|postanschrift (straße)|mailing address line 1|billing street|work street|address 1 - street|primary address street",
    "house_number": "house number|hausnummer|hausnr|haus-nr",
    "extra": "address_extra|address extra|address line 2|address 2|adresszusatz|adresszeile 2|zusatz|business street 2|straße geschäftlich 2|mailing address line 2|street 2|straße 2|"
             "address 1 - extended address|extended address|suite",
    "postcode": "postcode|postal code|zip|zip code|zip/postal code|postal/zip code|plz|postleitzahl|business postal code|postleitzahl geschäftlich|mailing zip/postal code|mailing postal code|mailing zip|postanschrift plz|postanschrift (plz)|postanschrift postleitzahl|postanschrift (postleitzahl)|"
                "address postal code|address 1 - postal code|billing zip/postal code|primary address postal code",
    "city": "city|town|stadt|wohnort|locality|business city|ort geschäftlich|mailing city|postanschrift ort|postanschrift (ort)|postanschrift (stadt)|postanschrift stadt|address city|address 1 - city|billing city|primary address city|ort|city/town",
    "state": "state|state/region|state/province|bundesland|bundesland/region|kanton|province|county|federal state|business state|region geschäftlich|bundesland/kanton geschäftlich|mailing state/province|mailing state|postanschrift bundesland/kanton|postanschrift (bundesland/kanton)|postanschrift bundesland|postanschrift (bundesland)|"
             "address state|address 1 - region|billing state/province|primary address state|region|provinz",
    "country": "country|country/region|land|staat|land/region|business country/region|business country|land/region geschäftlich|mailing country|postanschrift land|postanschrift (land)|address country|address 1 - country|billing country|"
               "primary address country|country code|ländercode|länderkennzeichen",
    "home.street": "home street|straße privat|other street|address 2 - street|home address|privatanschrift|private street",
    "home.extra": "home street 2|straße privat 2|address 2 - extended address",
    "home.postcode": "home postal code|postleitzahl privat|plz privat|other zip/postal code|other postal code|address 2 - postal code|home zip",
    "home.city": "home city|ort privat|other city|address 2 - city",
    "home.state": "home state|bundesland/kanton privat|region privat|other state/province|other state|address 2 - region",
    "home.country": "home country/region|home country|land/region privat|other country|address 2 - country",
    "lifecycle": "lifecycle|lifecycle stage|lebenszyklus|lebenszyklus-phase|lifecycle-phase|kundenstatus|customer status",
    "customer_since": "customer_since|customer since|kunde seit|kundin seit|kunde/kundin seit|client since|became a customer date|kundenbeziehung seit",
    "birth_date": "birth_date|birth date|birthday|birthdate|date of birth|geburtstag|geburtsdatum|geb.|geb. am|geb.-datum|dob",
    "language": "language|sprache|preferred language|bevorzugte sprache|communication language|korrespondenzsprache|locale",
    "address_form": "address_form|form of address|anredeform|sie/du|duzen",
    "owner": "owner|contact owner|zuständiger mitarbeiter für kontakt|kontakt-inhaber|kontaktinhaber|owner email|betreuer|zuständig|zuständiger|verantwortlich|verantwortlicher|assigned user|assigned user name|assigned to|account-inhaber|accountinhaber|zugewiesen an|zugewiesener benutzer|sachbearbeiter|account owner",
    "tags": "tags|tag|schlagworte|schlagwörter|kategorien|categories|category|labels|group membership|gruppen|groups|gruppe|stichwörter|keywords",
    "notes": "notes|note|notizen|notiz|bemerkung|bemerkungen|kommentar|comment|comments|description|beschreibung|anmerkung|anmerkungen|body",
    "consent_marketing": "consent_marketing|marketing consent|newsletter|newsletter consent|consent|einwilligung|einwilligung werbung|einwilligung newsletter|werbeeinwilligung|werbung erlaubt|email opt in|opt-in",
    "opted_out": "opted out|opt out|opt-out|email opt out|email opted out|has opted out of email|opted out of email|unsubscribed|unsubscribed from all email|do not contact|do not email|donotcall|do not call|nicht anrufen|"
                 "werbesperre|keine werbung|abgemeldet|e-mail-opt-out",
}
HISTORY = {
    "external_id": "external_id|id|nummer|number|belegnummer|belegnr|auftragsnummer|bestellnummer|order number|order id|rechnungsnummer|invoice number|vorgangsnummer|activity id",
    "contact_id": "contact_id|kontakt-id",
    "customer_number": "customer_number|kundennummer|kundennr|kunden-nr|kdnr|customer id|customer no|debitor",
    "email": "email|e-mail|mail|e-mail-adresse|email address|e-mail address|customer email",
    "phone": "phone|telefon|telephone|telefonnummer|mobil|mobile|phone number|rufnummer",
    "visitor": "visitor|besucher|visitor id",
    "channel": "channel|kanal|medium",
    "direction": "direction|richtung",
    "kind": "kind|art|type|typ",
    "touchpoint": "touchpoint|kundenkontaktpunkt|kontaktpunkt",
    "subject": "subject|betreff|title|titel|product|produkt|artikel|bezeichnung|product name",
    "body": "body|text|notes|notizen|beschreibung|description|comment|kommentar|bemerkung|inhalt",
    "happened_at": "happened_at|happened at|date|datum|zeitpunkt|time|zeit|kaufdatum|bestelldatum|rechnungsdatum|order date|purchase date|invoice date|created at|activity date|am",
    "amount": "amount|betrag|summe|gesamtbetrag|total|umsatz|price|preis|revenue|grand total|bruttobetrag|nettobetrag",
    "outcome": "outcome|ergebnis",
    "self_rating": "self_rating|selbsteinschätzung|eigene einschätzung",
}
SEVERAL = ("email", "phone", "handle", "visitor", "customer_number", "tags", "notes", "opted_out")  # fields that take more than one column
# What an export of each system has that the others have not: one label of each tuple.
SYSTEMS = {
    "Google": (("e-mail 1 - value", "phone 1 - value", "group membership", "phonetic first name", "yomi name"), ("first name", "given name", "name")),
    "HubSpot": (("record id", "record id - contact", "datensatz-id"), ("email", "e-mail"), ("lifecycle stage", "contact owner", "lead status", "associated company", "create date", "lifecycle-phase", "kontaktinhaber", "zuständiger mitarbeiter für kontakt", "lead-status")),
    "Salesforce": (("mailing street", "mailing city", "account name", "has opted out of email", "email opt out", "accountname", "postanschrift (straße)", "postanschrift straße"), ("last name", "lastname", "nachname"), ("postanschrift (ort)", "postanschrift ort", "account-inhaber", "salutation", "mailing zip/postal code", "mailing state/province", "contact owner", "account id")),
    "Outlook": (("business street", "straße geschäftlich", "business phone", "telefon geschäftlich"), ("e-mail address", "e-mail-adresse", "email address")),
    "EspoCRM": (("assigned user", "assigned user name", "account name", "zugewiesener benutzer"), ("address postal code", "address street", "do not call", "account role", "phone number", "nicht anrufen")),
}
# What only lists of organisations have.
OF_COMPANIES = {
    "company owner", "company domain name", "number of employees", "annual revenue", "industry", "number of associated contacts", "account type", "account number", "account id", "parent account", "parent company",
    "billing street", "billing city", "billing country", "billing state/province", "billing zip/postal code", "shipping street", "shipping city", "website", "employees", "total revenue", "company keywords", "sic code",
    "billing address street", "billing address city", "shipping address city", "unternehmensinhaber", "zuständiger mitarbeiter für unternehmen", "anzahl der mitarbeiter", "anzahl mitarbeiter", "mitarbeiter", "jahresumsatz", "branche",
    "inhaber des unternehmens", "mitarbeiterzahl", "muttergesellschaft", "domainname des unternehmens", "rechnungsanschrift straße",
}
OF_PERSONS = ("first_name", "last_name", "birth_date", "salutation", "role", "middle_name")
_TYPE_OF = re.compile(r"(email|mail|phone|telefon)(typ|typ[e]?|label|bezeichnung)")


@lru_cache(maxsize=4096)
def key(label: str) -> str:
    """One spelling per label: "E-Mail 2: Adresse" → "email2adresse"."""
    return _NOT_WORD.sub("", fold(label[:120].lstrip("\ufeff")))


def _table(labels: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Label → field and its rank among the labels of that field."""
    found: dict[str, tuple[str, int]] = {}
    for field, written in labels.items():
        for rank, label in enumerate(written.split("|")):
            found.setdefault(key(label), (field, rank))
    return found


TABLES = {"contacts": _table(PEOPLE), "interactions": _table(HISTORY), "purchases": _table(HISTORY)}


def field_of(label: str, kind: str = "contacts") -> tuple[str, int] | None:
    """The field a label stands for, numbers in it aside ("Phone 2 - Value")."""
    if kind == "contacts" and label in PEOPLE:
        return label, 0
    if label.lower().startswith("custom.") and kind == "contacts":
        return f"custom.{label[7:].strip()[:60]}", 0
    table, plain = TABLES[kind], key(label)
    if plain in table:
        return table[plain]
    found = table.get(_NUMBER.sub("", plain))
    return (found[0], found[1] + 50) if found and found[0].partition(":")[0] in SEVERAL else None


def is_known(label: str) -> bool:
    return bool(label) and len(label) <= 80 and any(field_of(label.strip(), kind) for kind in ("contacts", "interactions"))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Whether this first row is a person already: no label is known, but a mail address or a telephone number stands in it."""
    if any(is_known(cell) for cell in cells):
        return False
    return any(_MAIL.fullmatch(cell.strip()) or _PHONE.fullmatch(cell.strip()) for cell in cells)


def guess(header: Sequence[str], kind: str, sample: Sequence[Sequence[str]] = ()) -> list[str]:
    """Our field for each column, "" for those that are not taken."""
    ranked: dict[str, tuple[int, int]] = {}
    fields = [""] * len(header)
    for place, label in enumerate(header):
        field, rank = field_of(label, kind) or ("", 0)
        if field.partition(":")[0] in SEVERAL:
            fields[place] = field
        elif field and (rank, place) < ranked.get(field, (999, 0)):
            ranked[field] = rank, place
    for field, (_rank, place) in ranked.items():
        fields[place] = field
    if kind == "contacts":
        _settle(fields, header)
        if not any(fields):
            fields = [_by_content([row[place] for row in sample if place < len(row)]) for place in range(len(header))]
    return fields


def _settle(fields: list[str], header: Sequence[str]) -> None:
    """Labels that mean one thing or another, depending on what stands beside them."""
    if "record_id" in fields:
        numbered = "external_id" in fields or "customer_number" in fields
        fields[fields.index("record_id")] = "" if numbered else "external_id"
    if "title" in fields and "role" not in fields and system_of(header) in ("Salesforce", "EspoCRM"):  # "Titel" there is what English calls the job title
        fields[fields.index("title")] = "title_or_role"
    if "name" in fields and "first_name" in fields and "last_name" not in fields:
        fields[fields.index("name")] = "last_name"
    if ("title" in fields and key(header[fields.index("title")]) == "title" and "role" not in fields and key("first_name") in map(key, header) and not any("_" in label for label in header)) or ("title" in fields and key(header[fields.index("title")]) == "title" and not {"first_name", "last_name"} & set(fields)):
        fields[fields.index("title")] = "title_or_role"


def _by_content(values: Sequence[str]) -> str:
    filled = [value.strip() for value in values if value.strip()]
    if filled and sum(bool(_MAIL.fullmatch(value)) for value in filled) * 2 > len(filled):
        return "email"
    if filled and sum(bool(_PHONE.fullmatch(value)) for value in filled) * 2 > len(filled):
        return "phone"
    words = filled and all(value[0].isalpha() and " " in value for value in filled)
    return "name" if words else ""


def types_beside(header: Sequence[str]) -> dict[int, int]:
    """Column of an address → column that tells its type: "Phone 1 - Type" beside "Phone 1 - Value"."""
    types: dict[tuple[str, str], int] = {}
    for place, label in enumerate(header):
        plain = key(label)
        found = _TYPE_OF.fullmatch(_NUMBER.sub("", plain))
        if found:
            types[found.group(1), "".join(_NUMBER.findall(plain)) or "1"] = place
    beside = {}
    for place, label in enumerate(header):
        field = field_of(label)
        plain = key(label)
        kind = "email" if field and field[0] == "email" else "phone" if field and field[0] == "phone" else ""
        number = "".join(_NUMBER.findall(plain)) or "1"
        for word in {"email": ("email", "mail"), "phone": ("phone", "telefon")}.get(kind, ()):
            if (word, number) in types:
                beside[place] = types[word, number]
    return beside


def are_companies(header: Sequence[str]) -> bool:
    """Whether this is a list of organisations and not of people."""
    fields = {found[0] for label in header if (found := field_of(label))}
    telling = {key(label) for label in header} & {key(label) for label in OF_COMPANIES}
    return not fields & set(OF_PERSONS) and bool(fields & {"organisation", "name"}) and len(telling) >= 2


def system_of(header: Sequence[str]) -> str:
    """The system whose export this is, "" when its header tells nothing."""
    present = {key(label) for label in header}
    return next((name for name, parts in SYSTEMS.items() if all(present & {key(label) for label in part} for part in parts)), "")
