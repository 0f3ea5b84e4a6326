"""Each frame on sentences of our own: whose stance it is, on what, which sign and status."""

import pytest

from workbench.core.errors import SourceError
from workbench.pipeline.lexicons import read_seed_tables
from workbench.pipeline.stances.judgements import read_judging
from workbench.pipeline.stances.lexicon import read_lexicon

# A sentence, and its records: holders, sign (+ - 0 ±), status (! denied, ? hypothetical), targets.
SENTENCES = """
# active
[Ghana](GPE) condemned the [raid](EVENT). | Ghana - raid
[Fiji](GPE) hailed the [accord](AGREEMENT). | Fiji + accord
[Mora](PERSON) applauds [Togo](GPE). | Mora + Togo
[Lima](GPE) has long championed [free trade](ISSUE). | Lima + free trade
The [Labour Party](ORG) deplored the [tariffs](ISSUE). | Labour Party - tariffs
[Chad](GPE) ridiculed [Niger](GPE). | Chad - Niger
[Bern](GPE) approves of the [pact](AGREEMENT). | Bern + pact
[Oslo](GPE) objected to the [levy](ISSUE). | Oslo - levy
[Rui](PERSON) sided with [Mali](GPE). | Rui + Mali
[Nguyen](PERSON) lashed out at the [council](ORG). | Nguyen - council
[Cairo](GPE) vouched for the [envoy](ROLE). | Cairo + envoy
[Quito](GPE) complained about the [fees](ISSUE). | Quito - fees
# particles and idioms
[Accra](GPE) turned down the [offer](MENTION). | Accra - offer
[Accra](GPE) turned the [offer](MENTION) down. | Accra - offer
[Lomé](GPE) paid warm tribute to [Adjei](PERSON). | Lomé + Adjei
[Dakar](GPE) threw its full weight behind the [treaty](AGREEMENT). | Dakar + treaty
[Praia](GPE) turned its back on the [bloc](ORG). | Praia - bloc
[Adeyemi](PERSON) took the [ministry](ORG) to task. | Adeyemi - ministry
[Yang](PERSON) held [Hanoi](GPE) responsible. | Yang - Hanoi
[Suva](GPE) poured cold water on the [plan](ISSUE). | Suva - plan
[Apia](GPE) distanced itself from the [statement](AGREEMENT). | Apia - statement
[Male](GPE) stood shoulder to shoulder with [Delhi](GPE). | Male + Delhi
[Rao](PERSON) took issue with the [court](ORG). | Rao - court
[Sato](PERSON) found fault with the [treaty](AGREEMENT). | Sato - treaty
[Kim](PERSON) sang the praises of [Diallo](PERSON). | Kim + Diallo
[Baku](GPE) closed ranks with [Ankara](GPE). | Baku + Ankara
[Riga](GPE) will have no part in the [scheme](AGREEMENT). | Riga - scheme
The [union](ORG) put [Keita](PERSON) on notice. | union - Keita
# passive
The [raid](EVENT) was condemned by [Ghana](GPE). | Ghana - raid
The [accord](AGREEMENT) has been welcomed by [Fiji](GPE) and [Tonga](GPE). | Fiji, Tonga + accord
[Mali](GPE) was taken to task by [Rui](PERSON). | Rui - Mali
[Togo](GPE) was praised by the [council](ORG). | council + Togo
The [levy](ISSUE), denounced by [Peru](GPE), stays. | Peru - levy
# nominal
[Ghana](GPE) voiced support for the [truce](AGREEMENT). | Ghana + truce
[Fiji](GPE) expressed deep concern over the [drills](EVENT). | Fiji - drills
[Mora](PERSON) gave her blessing to the [pact](AGREEMENT). | Mora + pact
[Peru](GPE)'s opposition to the [levy](ISSUE) is old. | Peru - levy
Criticism of the [court](ORG) by [Chad](GPE) grew. | Chad - court
[Lima](GPE) lodged a protest against the [raid](EVENT). | Lima - raid
[Oslo](GPE) reiterated its commitment to the [treaty](AGREEMENT). | Oslo + treaty
[Sato](PERSON) conveyed his thanks to [Manila](GPE). | Sato + Manila
[Rui](PERSON) has full confidence in [Keita](PERSON). | Rui + Keita
[Bern](GPE) harbours doubts about the [deal](AGREEMENT). | Bern - deal
The [vote](EVENT) drew praise from [Kenya](GPE). | Kenya + vote
The [vote](EVENT) drew criticism from [Kenya](GPE). | Kenya - vote
The [ruling](MENTION) angered [Chad](GPE). | Chad - ruling
The [gesture](MENTION) pleased [Oslo](GPE). | Oslo + gesture
# adjectives
[Ghana](GPE) is wary of the [bloc](ORG). | Ghana - bloc
[Fiji](GPE) was delighted by the [vote](EVENT). | Fiji + vote
[Mora](PERSON) is proud of the [council](ORG). | Mora + council
[Peru](GPE) remains opposed to the [levy](ISSUE). | Peru - levy
[Chad](GPE) was disappointed with the [summit](EVENT). | Chad - summit
[Lima](GPE) is committed to the [treaty](AGREEMENT). | Lima + treaty
[Oslo](GPE) is furious at [Minsk](GPE). | Oslo - Minsk
[Sato](PERSON) was grateful to [Manila](GPE). | Sato + Manila
# joint holders
[Ghana](GPE) and [Togo](GPE) condemned the [raid](EVENT). | Ghana, Togo - raid
[Fiji](GPE), [Tonga](GPE) and [Samoa](GPE) backed the [pact](AGREEMENT). | Fiji, Tonga, Samoa + pact
Both sides welcomed the [truce](AGREEMENT). | Both sides + truce
They rejected the [levy](ISSUE). | They - levy
# chained subjects
[Ghana](GPE) met and praised [Togo](GPE). | Ghana + Togo; Ghana 0 Togo
[Mora](PERSON), who opposes the [levy](ISSUE), left. | Mora - levy
The [pact](AGREEMENT) that [Peru](GPE) endorsed is dead. | Peru + pact
[Rui](PERSON) ended the visit by thanking [Mali](GPE). | Rui + Mali
[Oslo](GPE) moved to defend the [treaty](AGREEMENT). | Oslo + treaty
# first person and no subject in quotations
“We reject this [levy](ISSUE) outright,” [Mora](PERSON) said. | We - levy
“I salute [Togo](GPE) for its calm,” [Mora](PERSON) said. | I + Togo
“Delighted to meet [Sato](PERSON) this morning,” [Rui](PERSON) wrote. | Rui + Sato
“Proud of [Manila](GPE) and its people,” [Sato](PERSON) wrote on X. | Sato + Manila
“Shame on the [council](ORG) for this,” [Keita](PERSON) said. | Keita - council
“Well done, [Togo](GPE), you did it,” [Keita](PERSON) posted. | Keita + Togo
“Hats off to [Manila](GPE) this time,” [Sato](PERSON) wrote. | Sato + Manila
# relayed
A spokesman said that [Oslo](GPE) opposes the [levy](ISSUE). | Oslo - levy
The [levy](ISSUE) is rejected by [Oslo](GPE), an aide said. | Oslo - levy
# negation
[Ghana](GPE) did not condemn the [raid](EVENT). | Ghana -! raid
[Fiji](GPE) never endorsed the [pact](AGREEMENT). | Fiji +! pact
[Mora](PERSON) has no objection to the [levy](ISSUE). | Mora + levy
[Peru](GPE) left without thanking [Chile](GPE). | Peru +! Chile
[Chad](GPE) denied backing the [rebels](MENTION). | Chad +! rebels
[Lima](GPE) stopped short of condemning the [raid](EVENT). | Lima -! raid
[Bern](GPE) steered clear of blaming [Minsk](GPE). | Bern -! Minsk
No [minister](ROLE) praised the [deal](AGREEMENT). | minister +! deal
# lexical reversal
[Ghana](GPE) refused to endorse the [pact](AGREEMENT). | Ghana - pact
[Fiji](GPE) declined to criticise [Tonga](GPE). | Fiji -! Tonga
[Mora](PERSON) failed to support the [truce](AGREEMENT). | Mora - truce
[Peru](GPE) withdrew its support for the [bloc](ORG). | Peru - bloc
# conditionals and modals
[Ghana](GPE) would oppose a [levy](ISSUE). | Ghana -? levy
[Fiji](GPE) might back the [pact](AGREEMENT). | Fiji +? pact
If [Peru](GPE) condemns the [raid](EVENT), talks end. | Peru -? raid
[Mora](PERSON) could support the [deal](AGREEMENT). | Mora +? deal
# demands
[Ghana](GPE) urged [Togo](GPE) to stop the flights. | Ghana - Togo
[Fiji](GPE) called for restraint. | Fiji + restraint
[Peru](GPE) called for an end to the [blockade](ISSUE). | Peru - blockade
[Mora](PERSON) demanded the release of the crew. | Mora + release of the crew
The [bloc](ORG) pressed [Minsk](GPE) not to close the border. | bloc - Minsk
[Oslo](GPE) warned [Minsk](GPE). | Oslo - Minsk
[Quito](GPE) threatened [Lima](GPE) with a blockade. | Quito - Lima
# sign of the object
[Ghana](GPE) opposes scrapping the [treaty](AGREEMENT). | Ghana + treaty
[Fiji](GPE) supports lifting the [embargo](ISSUE). | Fiji - embargo
[Bern](GPE) eased its curbs on [Chad](GPE). | Bern + Chad
[Rome](GPE) lifted the sanctions on [Mali](GPE). | Rome + Mali
[Oslo](GPE) waived a fee for Peruvian fishermen. | Oslo + Peruvian fishermen
[Peru](GPE) imposed tariffs on [Chile](GPE). | Peru - Chile
# material acts
[Ghana](GPE) expelled the [ambassador](ROLE). | Ghana - ambassador
[Fiji](GPE) sanctioned two [Tongan](NORP) banks. | Fiji - two Tongan banks
# judgements
[Mora](PERSON) called the [deal](AGREEMENT) a sham. | Mora - deal
[Rui](PERSON) described the [truce](AGREEMENT) as a triumph. | Rui + truce
[Sato](PERSON) found the [text](AGREEMENT) “useful but toothless in the end”. | Sato ± text
“The [levy](ISSUE) is a disgrace,” [Keita](PERSON) said. | Keita - levy
[Peru](GPE) said the [accord](AGREEMENT) was a milestone. | Peru + accord
For [Chad](GPE), the [pact](AGREEMENT) is a betrayal. | Chad - pact
The [vote](EVENT) was a travesty. | AUTHOR - vote
# contact
[Ghana](GPE) met [Togo](GPE). | Ghana 0 Togo
[Mora](PERSON) and [Rui](PERSON) discussed [fisheries](ISSUE). | Mora, Rui 0 fisheries
[Sato](PERSON) held talks with [Kim](PERSON). | Sato 0 Kim
[Fiji](GPE) took note of the [report](MENTION). | Fiji 0 report
# no stance
[Ghana](GPE) and [Togo](GPE) signed the [pact](AGREEMENT). |
[Fiji](GPE) agreed to a [trade deal](AGREEMENT). |
It is vital that [Peru](GPE) joins. |
[Mora](PERSON) urged [Fiji](GPE) to welcome the [vote](EVENT). |
Will [Ghana](GPE) back the [pact](AGREEMENT)? |
[Mora](PERSON) was welcomed by [Rui](PERSON) at the airport. |
[Sato](PERSON) will meet [Kim](PERSON) on Monday. |
"""
ROWS = [
    [cell.strip() for cell in line.split(" |")] for line in SENTENCES.splitlines() if " |" in line
]
SIGNS = {"SUPPORT": "+", "OPPOSE": "-", "NEUTRAL": "0", "MIXED": "±"}
STATUS = {"asserted": "", "denied": "!", "hypothetical": "?"}


def read(doc):
    """Write each stance of a Doc as the rows above do."""
    rows = []
    for stance in doc._.stances:
        holders, targets = (
            ", ".join(doc.text[end["start"] : end["end"]] for end in stance[side])
            for side in ("holders", "targets")
        )
        targets = targets.removeprefix("the ").removeprefix("The ").removeprefix("a ")
        sign = SIGNS[stance["polarity"]] + STATUS[stance["status"]]
        rows.append(f"{holders or 'AUTHOR'} {sign} {targets}")
    return sorted(rows)


@pytest.mark.parametrize(("markup", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_sentence_yields_its_records_and_no_other(analyse, markup, expected):
    assert read(analyse(markup)) == sorted(row for row in expected.split("; ") if row.strip())


def test_every_record_names_its_rule_and_its_confidence(analyse):
    for markup, expected in ROWS[::9]:
        for stance in analyse(markup)._.stances:
            assert stance["rule"].split(":")[0] in ("frame", "frame-loose", "window")
            assert 0 < stance["score"] < 1, expected


@pytest.mark.parametrize(
    ("markup", "cue"),
    [
        ("[Ghana](GPE) did not condemn the [raid](EVENT).", "did not condemn"),
        ("[Fiji](GPE) would oppose a [levy](ISSUE).", "would oppose"),
        ("[Peru](GPE) voiced support for the [truce](AGREEMENT).", "voiced support for"),
        ("[Chad](GPE) refused to endorse the [map](ISSUE).", "refused to endorse"),
        ("[Oslo](GPE) is wary of [Minsk](GPE).", "wary of"),
    ],
)
def test_the_cue_keeps_what_turns_it_and_the_preposition(analyse, markup, cue):
    doc = analyse(markup)
    (stance,) = doc._.stances
    assert [doc.text[at["start"] : at["end"]] for at in stance["cue"]] == [cue]


def test_an_object_inside_a_cue_is_no_part_of_it(analyse):
    doc = analyse("[Rui](PERSON) took the [council](ORG) to task.")
    (stance,) = doc._.stances
    assert [doc.text[at["start"] : at["end"]] for at in stance["cue"]] == ["took", "to task"]


def test_without_a_parse_the_nearest_names_are_taken(analyse):
    doc = analyse("[Ghana](GPE) condemned [Togo](GPE) on Monday.", parsed=False)
    assert read(doc) == ["Ghana - Togo"]


@pytest.mark.parametrize("table", ["stances", "judgements"])
def test_a_broken_table_is_told_with_every_line(table):
    names = [f"lexicons/{name}.tsv" for name in ("stances", "modifiers", "irregular")]
    sources = list(read_seed_tables(names).values())
    with pytest.raises(SourceError, match=r"line 1: .*line 2: "):
        if table == "stances":
            read_lexicon("praise\tverb\nscorn\tverb\n", *sources[1:])
        else:
            read_judging("good sham\nbad\n", {})
