"""Domain values as JSON and back: contents and contacts, as the `statement`, `revision` and `newsroom` tables keep them."""

from __future__ import annotations

from typing import Any

from bot.domain import prose
from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.release import Content, Document, Kind, Picture, Translation


def contact_to_json(contact: Contact) -> dict[str, Any]:
    """A contact as JSON values, empty fields left out."""
    value: dict[str, Any] = {
        "kind": contact.kind.value,
        "name": contact.name,
        "role": contact.role,
        "org": contact.org,
        "phones": [[phone.e164, phone.ext, phone.note] for phone in contact.phones],
        "emails": list(contact.emails),
    }
    return {key: item for key, item in value.items() if item}


def contact_from_json(value: dict[str, Any]) -> Contact:
    """The inverse of `contact_to_json`."""
    return Contact(
        kind=ContactKind(value["kind"]),
        name=value.get("name"),
        role=value.get("role"),
        org=value.get("org"),
        phones=tuple(Phone(*phone) for phone in value.get("phones", ())),
        emails=tuple(value.get("emails", ())),
    )


def content_to_json(content: Content) -> dict[str, Any]:
    """A content as JSON values without what the row's own columns hold (title, url, language), empty fields left out."""
    value: dict[str, Any] = {
        "lead": content.lead,
        "body": prose.to_json(content.body),
        "kind": content.kind.value if content.kind else None,
        "kind_word": content.kind_word,
        "pictures": [[p.url, p.caption, p.credit, p.thumbnail] for p in content.pictures],
        "documents": [[d.url, d.name] for d in content.documents],
        "keywords": list(content.keywords),
        "contacts": [contact_to_json(contact) for contact in content.contacts],
        "translations": [[t.external_id, t.language, t.title, t.url] for t in content.translations],
    }
    return {key: item for key, item in value.items() if item}


def content_from_json(value: dict[str, Any], *, title: str, url: str, language: str) -> Content:
    """The inverse of `content_to_json`."""
    return Content(
        title=title,
        url=url,
        language=language,
        lead=value.get("lead", ""),
        body=prose.from_json(value.get("body", [])),
        kind=Kind(value["kind"]) if "kind" in value else None,
        kind_word=value.get("kind_word", ""),
        pictures=tuple(Picture(*picture) for picture in value.get("pictures", ())),
        documents=tuple(Document(*document) for document in value.get("documents", ())),
        keywords=tuple(value.get("keywords", ())),
        contacts=tuple(contact_from_json(contact) for contact in value.get("contacts", ())),
        translations=tuple(Translation(*translation) for translation in value.get("translations", ())),
    )
