"""Makes a template of ours fail in a test when it names what its view did not give it."""

import sys
from typing import Any

from django.template.base import FilterExpression, Variable
from django.template.defaultfilters import default, default_if_none

from config.environ import ROOT

OURS = str(ROOT / "templates")
# A component says at its top what it may be given; what it is not given is left out.
COMPONENTS = str(ROOT / "templates" / "components")
FALLBACKS = (default, default_if_none)


class MissingVariable(Exception):
    """A template names a variable that does not exist and gives no `default` for it."""


class LoudMissing(str):
    """Stands as `string_if_invalid`, into which Django puts the name of what is missing with `%`."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: Any) -> str:
        caller = sys._getframe(1).f_locals
        expression, context = caller["self"], caller["context"]
        if not isinstance(expression, FilterExpression) or not isinstance(variable, Variable):
            return ""
        template = context.render_context.template
        origin = str(getattr(template.origin, "name", ""))
        ours = origin.startswith(OURS) and not origin.startswith(COMPONENTS)
        if ours and not any(function in FALLBACKS for function, _ in expression.filters):
            raise MissingVariable(f"{{{{ {variable} }}}} in {origin.removeprefix(OURS)}")
        return self._as_in_production(expression, context)

    def _as_in_production(self, expression: FilterExpression, context: Any) -> str:
        engine = context.template.engine
        engine.string_if_invalid = ""
        try:
            return str(expression.resolve(context))
        finally:
            engine.string_if_invalid = self
