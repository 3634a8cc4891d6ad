"""The picture of a definition, in Mermaid's words; the README's diagram is this text."""

from perfflow.workflow.definition import Definition, Lead, Rest

MANY = 6


def mermaid(definition: Definition) -> str:
    """One line an edge; acts that stay, and the taking back of a submission, are left out. An act that is
    open in many states is told in a note at the state it leads to."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{state.label}" as {code}' for code, state in definition.states.items()]
    lines += [f"    [*] --> {code}" for code in (definition.start, *definition.entries)]
    edges: dict[tuple[str, str], list[str]] = {}
    notes = []
    for transition in definition.transitions:
        if isinstance(transition.leads, Lead):
            continue
        if len(transition.sources) > MANY:
            sources = "、".join(definition.states[code].label for code in transition.sources)
            notes += [f"    note left of {to.state}: {transition.label} ← {sources}" for to in transition.leads]
            continue
        for source in transition.sources:
            for to in transition.leads:
                edges.setdefault((source, to.state), []).append(transition.label)
    lines += [f"    {a} --> {b}: {' / '.join(dict.fromkeys(labels))}" for (a, b), labels in edges.items()]
    lines += [f"    {code} --> [*]" for code, state in definition.states.items() if state.rest is Rest.FINAL]
    return "\n".join([*lines, *notes]) + "\n"
