"""Names, firms and places of the demo office. Invented; every mail address ends in a reserved domain."""

from __future__ import annotations

STAFF = (
    # name, department, role, locale
    ("Julia Brandt", "management", "admin", "de"),
    ("Thomas Keller", "service", "lead", "de"),
    ("Sarah Vogt", "service", "member", "de"),
    ("Mehmet Yilmaz", "service", "member", "de"),
    ("Petra Lang", "sales", "lead", "de"),
    ("Jonas Weber", "sales", "member", "en"),
    ("Lena Hoffmann", "marketing", "lead", "de"),
)
WOMEN_DE = ("Anna", "Margarete", "Sabine", "Katharina", "Ursula", "Monika", "Birgit", "Heike", "Claudia", "Nina", "Franziska", "Johanna", "Lea", "Ayşe", "Gabriele",
            "Renate", "Silke", "Carolin", "Theresa", "Zofia", "Elif", "Charlotte", "Ingrid", "Mareike", "Josefine", "Annegret", "Svenja", "Beate", "Leonie", "Friederike")
MEN_DE = ("Jörg", "Stefan", "Michael", "Andreas", "Günther", "Wolfgang", "Matthias", "Florian", "Lukas", "Felix", "Emre", "Hans-Peter", "Björn", "Sebastian", "Rüdiger",
          "Dieter", "Holger", "Kai", "Torsten", "Niklas", "Paweł", "Uwe", "Christoph", "Dominik", "Ralf", "Henning", "Benjamin", "Oskar", "Anton", "Joachim")
LAST_DE = ("Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Schäfer", "Koch", "Bauer", "Richter", "Klein",
           "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann", "Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Schmitt", "Krause", "Meier", "Lehmann", "Köhler",
           "Herrmann", "König", "Walter", "Mayer", "Huber", "Kaiser", "Fuchs", "Peters", "Scholz", "Möller", "Weiß", "Jung", "Hahn", "Keller", "Vogel", "Friedrich",
           "Günther", "Frank", "Berger", "Winkler", "Roth", "Beck", "Lorenz", "Baumann", "Franke", "Albrecht", "Schuster", "Simon", "Ludwig", "Böhm", "Winter", "Kraus",
           "Schumacher", "Krämer", "Vogt", "Stein", "Jäger", "Groß", "Sommer", "Seidel", "Brandt", "Haas", "Schreiber", "Graf", "Dietrich", "Ziegler", "Kuhn", "Pohl",
           "Yıldız", "Kowalski", "Öztürk", "Nowak", "von Behren", "zur Mühlen")
WOMEN_EN = ("Emily", "Olivia", "Grace", "Hannah", "Chloe", "Priya", "Megan", "Fiona", "Siobhan", "Amelia", "Ruth", "Zoe")
MEN_EN = ("Oliver", "Jack", "George", "Arthur", "Rhys", "Callum", "Liam", "Patrick", "Ethan", "Raj", "Duncan", "Simon")
LAST_EN = ("Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Thomas", "Johnson", "Walker", "O'Brien", "MacDonald", "Patel", "Hughes", "Clarke", "Murphy", "Reid",
           "Fletcher", "Harding", "Whitfield", "Okafor")
TITLES = ("", "", "", "", "", "", "", "", "", "", "", "Dr.", "Dr.", "Prof. Dr.")
FIRMS = (
    ("Kanzlei Sommer & Partner", "Recht"), ("Weingut Hallgarten", "Gastronomie"), ("Hotel Elbblick GmbH", "Hotellerie"), ("Praxis Dr. Lorenz", "Gesundheit"),
    ("Tischlerei Krämer GmbH & Co. KG", "Handwerk"), ("Stadtwerke Ahrendorf", "Versorgung"), ("Agentur Rotstift", "Werbung"), ("Café Morgenrot", "Gastronomie"),
    ("Bäckerei Huber", "Handwerk"), ("Nordsee Logistik AG", "Logistik"), ("Ingenieurbüro Pohl", "Bau"), ("Buchhandlung am Markt", "Handel"), ("Hansa Software GmbH", "IT"),
    ("Architekten Franke + Seidel", "Bau"), ("Gymnasium Westerfeld", "Bildung"), ("Autohaus Schröder", "Handel"), ("Restaurant Zur Linde", "Gastronomie"),
    ("Steuerberatung Baumann", "Recht"), ("Yoga Loft Berlin", "Gesundheit"), ("Coworking Speicherstadt", "Dienstleistung"), ("Druckerei Albrecht", "Handwerk"),
    ("Pension Seestern", "Hotellerie"), ("Zahnärzte am Park", "Gesundheit"), ("Bürobedarf Köhler", "Handel"), ("Fotostudio Lichtblick", "Dienstleistung"),
    ("Harbour Consulting Ltd", "Beratung"), ("Fletcher & Reid Design", "Werbung"), ("Greenfield Foods Ltd", "Handel"), ("The Old Mill Inn", "Hotellerie"),
    ("Whitfield Accountants LLP", "Recht"), ("Messebau Ziegler", "Handwerk"), ("Kita Sonnenblume", "Bildung"), ("Elektro Dietrich", "Handwerk"), ("Gärtnerei Winkler", "Handel"),
    ("Institut für Materialforschung", "Bildung"), ("Reederei Petersen", "Logistik"), ("Musikschule Allegro", "Bildung"), ("Physio Zentrum Nord", "Gesundheit"),
    ("Hofladen Schuster", "Handel"), ("Verlag Blaue Stunde", "Medien"),
)
ROLES_DE = ("Geschäftsführung", "Büroleitung", "Einkauf", "Empfang", "Küchenleitung", "Assistenz", "Hausmeister", "Buchhaltung")
ROLES_EN = ("Managing director", "Office manager", "Purchasing", "Front desk", "Head chef", "Assistant", "Facilities", "Accounts")
PLACES_DE = (("20457", "Hamburg"), ("10115", "Berlin"), ("50667", "Köln"), ("80331", "München"), ("60311", "Frankfurt am Main"), ("70173", "Stuttgart"), ("01067", "Dresden"),
             ("04109", "Leipzig"), ("28195", "Bremen"), ("30159", "Hannover"), ("24103", "Kiel"), ("18055", "Rostock"), ("99084", "Erfurt"), ("79098", "Freiburg"), ("23552", "Lübeck"))
PLACES_EN = (("EH1 1YZ", "Edinburgh"), ("M1 1AE", "Manchester"), ("BS1 4ST", "Bristol"), ("LS1 4AP", "Leeds"))
STREETS = ("Hafenstraße", "Lindenallee", "Bahnhofstraße", "Am Markt", "Schillerstraße", "Gartenweg", "Mühlenstraße", "Kirchplatz", "Goethestraße", "Deichweg", "Rosenweg")
STREETS_EN = ("High Street", "Mill Lane", "Church Road", "Station Road", "Queen Street")
TAGS = ("Stammkunde", "Büro", "Gastronomie", "Wartungsvertrag", "Messe 2025", "Presse", "Newsletter", "Testgerät")
