"""The touchpoints a firm starts with: change, retire and add to them as the firm really meets its customers."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from crm.accounts.models import Department
from crm.extensions import db
from crm.touchpoints.models import Touchpoint


class Default(NamedTuple):
    key: str
    name: str
    name_de: str
    phase: str
    reach: str
    channel: str
    department: str
    importance: int
    promise: str
    promise_de: str


CATALOGUE = (
    Default("website", "Website", "Website", "before", "direct", "web", "marketing", 4,
            "You find what we do, what it costs and whom to call within one minute.",
            "Sie finden in einer Minute, was wir tun, was es kostet und wen Sie anrufen können."),
    Default("contact_form", "Contact form", "Kontaktformular", "before", "direct", "web", "sales", 4,
            "A human being answers within one working day.", "Innerhalb eines Arbeitstages antwortet Ihnen ein Mensch."),
    Default("newsletter", "Newsletter", "Newsletter", "before", "direct", "email", "marketing", 2,
            "At most once a month, and never without something you can use.", "Höchstens einmal im Monat, und nie ohne etwas, das Ihnen nützt."),
    Default("social_media", "Social media", "Soziale Netzwerke", "before", "direct", "social", "marketing", 2,
            "Questions are answered on the same day.", "Fragen beantworten wir am selben Tag."),
    Default("trade_fair", "Trade fair", "Messe", "before", "direct", "event", "sales", 3,
            "What we agree on at the stand is in your mail two days later.", "Was wir am Stand vereinbaren, haben Sie zwei Tage später schriftlich."),
    Default("review_portal", "Review portal", "Bewertungsportal", "before", "indirect", "review", "marketing", 4,
            "Every review gets a personal answer, the critical ones first.", "Jede Bewertung bekommt eine persönliche Antwort, die kritischen zuerst."),
    Default("forum", "Forum or community", "Forum oder Community", "before", "indirect", "social", "marketing", 2,
            "We help where we are asked and do not advertise.", "Wir helfen, wo wir gefragt werden, und werben nicht."),
    Default("press", "Press report", "Pressebericht", "before", "indirect", "other", "marketing", 2,
            "What we tell the press is what customers experience.", "Was wir der Presse sagen, erleben Kunden auch."),
    Default("recommendation", "Recommendation", "Empfehlung", "before", "indirect", "other", "sales", 5,
            "Whoever recommends us hears from us what became of it.", "Wer uns empfiehlt, erfährt von uns, was daraus wurde."),
    Default("sales_call", "Sales call", "Beratung am Telefon", "during", "direct", "phone", "sales", 4,
            "We listen first and call at the time agreed.", "Wir hören zuerst zu und rufen zur vereinbarten Zeit an."),
    Default("visit", "Visit", "Besuch", "during", "direct", "in_person", "sales", 5,
            "We come on time, prepared, and leave with a clear next step.", "Wir kommen pünktlich und vorbereitet und gehen mit einem klaren nächsten Schritt."),
    Default("showroom", "Shop or showroom", "Laden oder Ausstellung", "during", "direct", "in_person", "sales", 4,
            "Within two minutes somebody is there for you.", "Nach zwei Minuten ist jemand für Sie da."),
    Default("quote", "Quote", "Angebot", "during", "direct", "email", "sales", 4,
            "Two days after our talk, on two pages, without small print.", "Zwei Tage nach dem Gespräch, auf zwei Seiten, ohne Kleingedrucktes."),
    Default("purchase", "Purchase", "Kauf", "during", "direct", "other", "sales", 5,
            "You know at once what you get, when, and at what price.", "Sie wissen sofort, was Sie wann und zu welchem Preis bekommen."),
    Default("online_shop", "Online shop", "Onlineshop", "during", "direct", "web", "sales", 4,
            "Ordered in three steps, confirmed in one minute.", "In drei Schritten bestellt, in einer Minute bestätigt."),
    Default("delivery", "Delivery", "Lieferung", "during", "direct", "in_person", "service", 5,
            "On the day agreed, complete, and announced beforehand.", "Am vereinbarten Tag, vollständig und vorher angekündigt."),
    Default("service_mail", "Service mail", "Service-Mail", "after", "direct", "email", "service", 4,
            "A real answer within four working hours, a solution within two days.", "Eine richtige Antwort in vier Arbeitsstunden, eine Lösung in zwei Tagen."),
    Default("hotline", "Service hotline", "Service-Hotline", "after", "direct", "phone", "service", 5,
            "Answered within five rings, solved in the first call.", "Nach fünfmal Klingeln am Apparat, beim ersten Anruf gelöst."),
    Default("chat", "Chat", "Chat", "after", "direct", "chat", "service", 3,
            "A person, not a robot, within one minute.", "Ein Mensch, kein Roboter, innerhalb einer Minute."),
    Default("letter", "Letter", "Brief", "after", "direct", "letter", "service", 2,
            "Answered by letter within a week, in words everybody understands.", "In einer Woche per Brief beantwortet, in verständlichen Worten."),
    Default("invoice", "Invoice", "Rechnung", "after", "direct", "letter", "management", 3,
            "It says what you bought and matches the quote to the cent.", "Sie nennt, was Sie gekauft haben, und stimmt auf den Cent mit dem Angebot überein."),
    Default("complaint", "Complaint", "Reklamation", "after", "direct", "email", "service", 5,
            "We call back within two working days, and one person sees it through.", "Wir rufen in zwei Arbeitstagen zurück, und eine Person kümmert sich bis zum Ende."),
    Default("maintenance", "Maintenance and repair", "Wartung und Reparatur", "after", "direct", "in_person", "service", 4,
            "Done at the first visit, and left as clean as before.", "Beim ersten Besuch erledigt, und so sauber verlassen wie vorher."),
    Default("word_of_mouth", "Word of mouth", "Mundpropaganda", "after", "indirect", "other", "management", 4,
            "We give people something good to tell.", "Wir sorgen dafür, dass es Gutes zu erzählen gibt."),
)


def create_defaults() -> None:
    """Add the touchpoints of the catalogue that are missing; what the firm has changed stays as it is. Never commits."""
    known = set(db.session.scalars(select(Touchpoint.key)))
    departments = {department.key: department for department in db.session.scalars(select(Department))}
    for position, default in enumerate(CATALOGUE, 1):
        if default.key not in known:
            fields = default._asdict() | {"department": departments.get(default.department)}
            db.session.add(Touchpoint(position=position * 10, **fields))
    db.session.flush()
