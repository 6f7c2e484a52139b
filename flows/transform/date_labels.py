"""What the words before a date say of it: the publication, a change, or something else altogether."""

import re
from enum import Enum


class Label(Enum):
    """What a date is of."""

    PUBLICATION = "publication"
    UPDATE = "update"
    OTHER = "something else"


# The words of the languages at hand, by their beginnings; the last one before the date decides.
UPDATE = (
    r"updat|modifi|last (?:edit|review|chang|revis)|edited|revised|reviewed|aktualisiert|geändert|änderung|"
    r"bearbeitet|\bstand\b|überarbeitet|mis[e]? à jour|\bmàj|actuali[zs]ad|modificad|aggiornat|ultima modifica|"
    r"atuali[zs]ad|bijgewerkt|gewijzigd|uppdaterad|opdateret|oppdatert|päivitetty|muokattu|zaktualizowan|aktualizac|"
    r"aktualizov|obnovl|обновл|оновлен|измен|актуализ|更新|수정|güncelle|son değiş|آخر تحديث|تحديث|به‌روز|cập nhật|"
    r"diperbarui|ενημέρωση|ενημερώθηκε|actualizat|frissít|módosít|ažuriran|posodobljen|atnaujint|עודכן"
)
PUBLICATION = (
    r"publi[sc]|publié|publik|post(?:ed)?\b|released|veröffentlicht|erstellt|geschrieben|erschienen|datum\b|"
    r"\bdate\b|created|écrit|créé|mis en ligne|paru|creado|escrito|pubblicat|scritto|gepubliceerd|geplaatst|"
    r"publicerad|publiceret|publisert|julkaistu|opublikowan|dodano|zveřejněn|vydáno|опублик|добавлен|дата|发布|發布|發佈|"
    r"公開|掲載|日期|时间|時間|등록|입력|yayın|نشر|تاریخ|đăng|terbit|diterbitkan|δημοσίευ|közzé|megjelen|objavljen|paskelbt|פורסם|"
    r"gespeichert|submitted|written"
)
OTHER = (
    r"copyright|©|\(c\)|\bborn\b|\bgeb\.|died|joined|member since|registered|anmeldedatum|registriert|retrieved|"
    r"accessed|abgerufen|consulté|expires|valid|gültig|deadline|ends|starts|begins|until|\bbis\b|ab dem|founded|"
    r"since|seit|event|termin|veranstaltung|version|latest|today|heute ist|build"
)
WORDS = re.compile(rf"(?P<update>{UPDATE})|(?P<publication>{PUBLICATION})|(?P<other>{OTHER})", re.IGNORECASE)
LABELS = {"update": Label.UPDATE, "publication": Label.PUBLICATION, "other": Label.OTHER}
# A label stands right before its date.
FARTHEST = 40


def label_of(before: str, default: Label | None = None) -> Label | None:
    """What the words before a date say of it, else the default."""
    last = None
    for match in WORDS.finditer(before[-FARTHEST:]):
        last = match
    return LABELS[last.lastgroup or ""] if last else default
