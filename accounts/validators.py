"""Rules for passwords beyond Django's own; named in AUTH_PASSWORD_VALIDATORS."""

from typing import Any

from django.core.exceptions import ValidationError

MAX_LENGTH = 128
# What somebody who attacks this site in particular tries first.
OUR_WORDS = ("winnow",)


class MaximumLengthValidator:
    """Refuse what nobody types, so that hashing a password stays cheap."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > MAX_LENGTH:
            raise ValidationError(
                f"This password is too long: {MAX_LENGTH} characters are the most.", code="too_long"
            )

    def get_help_text(self) -> str:
        return f"Your password must have at most {MAX_LENGTH} characters."


class OurWordsValidator:
    """Refuse passwords that contain the name of this product."""

    def validate(self, password: str, user: Any = None) -> None:
        for word in OUR_WORDS:
            if word in password.lower():
                raise ValidationError(
                    f"Leave out “{word}”: it is the first thing to be guessed.", code="our_word"
                )

    def get_help_text(self) -> str:
        return "Your password must not contain the name of this product."
