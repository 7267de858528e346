"""The language of a text by its script and its commonest words. Small on purpose: a detector with a model weighs more than the whole mail package."""

import re
from functools import cache

WORDS = {
    "de": "der die das und ist nicht ich sie wir mit für auf ein eine einen dem den zu von im es auch bitte danke haben habe hat wird werden sind bei nach ihre ihr ihnen mir uns noch kann können über wie aber oder wenn dass daß wurde als nur sehr geehrte guten hallo freundlichen grüßen vielen dank gruß wann wo warum welche tag meine meinen meiner meinem kommt ja gerne leider immer jetzt kein keine mich rechnung bestellung frage lieferung termin rückruf funktioniert",
    "en": "the by and is not i you we with for on a an to of in it also please thanks have has be are at after your my our this that can will would from how but or if was as only very dear hello regards thank kind best could there what when just been do where why which me call back yes order invoice question delivery still broken them these does",
    "fr": "le la les et est pas je vous nous avec pour sur un une des du de que qui dans il elle au aux ce cette merci bonjour mais ou si votre vos mon notre sont été être avez plus très cordialement par ne se en j'ai c'est d'un quand où pourquoi quelle ma mes me oui bien commande facture question livraison rappeler marche fonctionne",
    "es": "el la los las y es no yo usted con para por un una unos de del que en se lo al como más pero o si su sus mi nuestro gracias hola este esta son está muy saludos ha han hay porque cuando le me ustedes estimado cuándo dónde qué favor tengo quiero puede sí pedido factura pregunta entrega funciona llega llamen llámenme",
    "it": "il lo la gli le e è non io con per un una di del della che in si al come più ma o se suo mio nostro grazie ciao questo questa sono molto saluti ha hanno buongiorno gentile cordiali anche nel alla dei mi vi quando dove perché ho vorrei può sì mille domanda fattura ordine consegna funziona arriva",
    "nl": "de het een en is niet ik u wij we met voor op van te in dat die er ook aan bij naar uw mijn ons dit kan zijn wordt maar of als dank bedankt hallo beste groet groeten vriendelijke heb heeft hebben nog geen om over wat zou graag wanneer waar waarom welke ja komt factuur vraag bestelling levering werkt",
    "pl": "i w na z do nie się że to jest jak ale o od po za przez dla czy tak już tylko proszę dziękuję dzień dobry pozdrawiam mam ma są było będzie pan pani państwa mnie nas oraz przy który która które aby jeśli bardzo kiedy gdzie dlaczego moje mój moja nadal zamówienie faktura faktury pytanie dostawa działa",
    "pt": "o os as e é não eu você com para por um uma de do da dos das que em se no na ao como mais mas ou sua seu meu nosso obrigado obrigada olá este esta são muito está foi tem há cumprimentos atenciosamente também já quando onde porquê minha minhas tenho quero pode sim encomenda fatura pergunta entrega funciona chega favor",
    "da": "og er ikke jeg du vi med for på en et den det til af i at har kan vil hej tak venlig hilsen men eller hvis om fra der som min din vores også meget være blev hvad skal hvornår hvor hvorfor kommer mit mine ja bestilling faktura spørgsmål levering virker",
    "sv": "och är inte jag du vi med för på en ett den det till av i att har kan vill hej tack vänlig hälsning hälsningar men eller om från som min din vår också mycket vara blev vad ska skall hälsar när var varför kommer mitt mina ja beställning faktura fråga leverans fungerar",
    "cs": "a je ne se na v že to s z do by jsem jste pro jak ale nebo pokud dobrý den děkuji prosím děkujeme pozdravem mám má jsou bylo bude který která které vás nás není také když",
    "tr": "ve bir bu için ile de da ben siz biz değil çok var yok merhaba teşekkürler teşekkür ederim lütfen gibi ama veya nasıl olarak daha iyi saygılarımla ne mi",
}
SCRIPTS = [
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")), ("zh", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")), ("ru", re.compile("[\u0400-\u04ff]")), ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")), ("he", re.compile("[\u0590-\u05ff]")), ("th", re.compile("[\u0e00-\u0e7f]")), ("hi", re.compile("[\u0900-\u097f]")),
]
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
NOT_LATIN = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
LETTERS = {"de": "äöüß", "fr": "çèêëàùœ", "es": "ñ¿¡", "pl": "ąęłńśźż", "pt": "ãõ", "da": "æø", "sv": "å", "cs": "ěřůčž", "tr": "ğış"}
LOOKED_AT = 3000


@cache
def _languages_of_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in WORDS.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), language)
    return found


def language_of(text: str) -> str | None:
    """ISO 639-1, or None where the text says too little."""
    sample = text[:LOOKED_AT]
    foreign = len(NOT_LATIN.findall(sample))
    if foreign and foreign * 3 > sum(char.isalpha() for char in sample):
        return next((language for language, script in SCRIPTS if len(script.findall(sample)) * 20 >= foreign), None)
    scores = _scores(sample.lower())
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < 1 or (len(ranked) > 1 and ranked[0][1] < ranked[1][1] * 1.15):
        return None
    return ranked[0][0]


def _scores(text: str) -> dict[str, float]:
    """A word of one language counts whole, one of several in shares."""
    scores: dict[str, float] = {}
    known = _languages_of_word()
    for word in WORD.findall(text):
        for language in (owners := known.get(word, ())):
            scores[language] = scores.get(language, 0) + 1 / len(owners)
    for language, letters in LETTERS.items():
        hits = sum(text.count(letter) for letter in letters)
        if hits:
            scores[language] = scores.get(language, 0) + min(hits, 10) * 0.3
    return scores
