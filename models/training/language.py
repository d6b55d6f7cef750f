"""Captions, questions and answers for a labelled scene, the caption grammar, and the evaluation's key patterns.

Captions list the events in a fixed order of importance, in one of four wordings that follow from the prompt (a full
sentence, a report, a telegram, ...): with the wording given by the prompt, greedy decoding never has to
choose between paraphrases, only between facts.
"""
import re

from scene import COLOURS, KINDS

NUMBERS = ["no", "one", "two", "three", "four", "five", "six"]

# Most important first; captions name the events in this order.
PRIORITY = ["person_lying", "part_dropped", "parts_jammed", "sparks", "smoke", "spill", "forklift", "person",
            "box_open", "box_closed", "belt_stopped", "belt_empty"]

CAPTION_PROMPTS = [
    ["Describe the image.", "Describe this image.", "Describe the picture.", "Describe the image in English.",
     "What do you see?", "What is in the image?", "Describe the scene.", "Describe what you see.",
     "Caption the image."],
    ["Describe what you see in one sentence.", "Describe the image in one sentence.", "What is shown here?",
     "What does the camera see?", "Tell me what you see.", "Describe the image in detail."],
    ["What is happening?", "What is going on?", "What is happening here?", "What happened?",
     "What is happening in the image?", "Report what is happening."],
    ["Describe the scene briefly.", "Describe the image briefly.", "Briefly describe the image.",
     "Summarise the scene.", "Describe the image in a few words."],
]

# One sentence per event and wording. {c} colour, {k} kind of the dropped part.
SENTENCES = {
    "person_lying": ["A person is lying on the floor.", "A person lies on the floor beside the belt.",
                     "A worker has collapsed and is lying on the floor.", "Person lying on the floor."],
    "part_dropped": ["A part was dropped on the floor: a {c} {k}.", "A {c} part, a {k}, was dropped on the floor.",
                     "A part has dropped off the belt: a {c} {k}.", "Part dropped: a {c} {k}."],
    "parts_jammed": ["Parts are jammed at the guide.", "The parts are jammed on the belt.",
                     "The parts have jammed at the guide.", "Parts jammed."],
    "sparks": ["Sparks are flying.", "There are sparks above the belt.", "The machine is throwing sparks.", "Sparks."],
    "smoke": ["Smoke is rising.", "There is smoke above the belt.", "Smoke is coming from the belt.", "Smoke."],
    "spill": ["Liquid is spilled on the floor.", "There is a liquid spill on the floor.",
              "A liquid has spilled on the floor.", "Liquid spill."],
    "forklift": ["A forklift is behind the conveyor.", "There is a forklift behind the conveyor.",
                 "A forklift is driving behind the conveyor.", "Forklift."],
    "person": ["A person is standing beside the conveyor.", "There is a person beside the conveyor.",
               "A person is working beside the conveyor.", "Person beside the belt."],
    "box_open": ["An open box is on the floor.", "There is an open box beside the conveyor.",
                 "A box stands open beside the conveyor.", "Open box."],
    "box_closed": ["A closed box is on the floor.", "There is a closed box beside the conveyor.",
                   "A box stands closed beside the conveyor.", "Closed box."],
    "belt_stopped": ["The belt is stopped.", "The conveyor belt is stopped.", "The belt has stopped.", "Belt stopped."],
    "belt_empty": ["The belt is empty.", "The conveyor belt is empty.", "The belt runs empty.", "Belt empty."],
    "lights_off": ["The lights are off and the hall is dark.", "The hall is dark: the lights are off.",
                   "The lights are off.", "Lights off."],
}
STOPPED_EMPTY = ["The belt is empty.", "The conveyor belt is empty.", "The belt is empty.", "Belt empty."]
LOADS = ["The conveyor carries {n}: {list}.", "The conveyor belt carries {n}: {list}.",
         "The belt is running with {n}: {list}.", "Belt with {n}: {list}."]
LOADS_STOPPED = ["It carries {n}: {list}.", "It carries {n}: {list}.", "It holds {n}: {list}.", "It has {n}: {list}."]
BRIEF_EVENTS = {"box_open", "box_closed", "belt_stopped", "person", "forklift"}


def plural(kind, count):
    return kind + ("s" if count != 1 else "")


def amount(count):
    return f"{NUMBERS[count]} {plural('part', count)}"


def groups(parts):
    """Belt contents as (number, colour, kind), the larger group first."""
    counts = {}
    for colour, kind in parts:
        counts[(colour, kind)] = counts.get((colour, kind), 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], COLOURS.index(item[0][0]), KINDS.index(item[0][1])))
    return [(number, colour, kind) for (colour, kind), number in ranked]


def listing(parts):
    words = [f"{'a' if number == 1 else NUMBERS[number]} {colour} {plural(kind, number)}"
             for number, colour, kind in groups(parts)]
    return " and ".join(words)


def caption(labels, style):
    events = labels["events"]
    if "lights_off" in events:
        return SENTENCES["lights_off"][style]
    sentences = []
    for event in PRIORITY:
        if event in events:
            text = SENTENCES[event][style]
            if event == "belt_empty" and "belt_stopped" in events:
                text = STOPPED_EMPTY[style]
            if event == "part_dropped":
                colour, kind = labels["dropped"]
                text = text.format(c=colour, k=kind)
            sentences.append(text)
    # The load of the belt is told where it is the news: nothing else, or at most one harmless fact, to tell.
    if labels["parts"] and "parts_jammed" not in events and (not events or set(events) <= BRIEF_EVENTS and len(events) == 1):
        template = (LOADS_STOPPED if events == ["belt_stopped"] else LOADS)[style]
        sentences.append(template.format(n=amount(len(labels["parts"])), list=listing(labels["parts"])))
    return " ".join(sentences)


def _grammar():
    """A regular expression per wording accepting exactly the sentences that `caption` can form."""
    colour, kind = "(?:" + "|".join(COLOURS) + ")", "(?:" + "|".join(KINDS) + ")"
    one = rf"a {colour} {kind}"
    many = rf"(?:{'|'.join(NUMBERS[2:])}) {colour} {kind}s"
    load = rf"(?:one part|(?:{'|'.join(NUMBERS[2:])}) parts): (?:{one}|{many})(?: and (?:{one}|{many}))?"
    patterns = []
    for style in range(4):
        texts = [SENTENCES[event][style] for event in SENTENCES] + [STOPPED_EMPTY[style], LOADS[style], LOADS_STOPPED[style]]
        sentences = [re.escape(text).replace(r"\{c\}", colour).replace(r"\{k\}", kind)
                     .replace(r"\{n\}:\ \{list\}", load) for text in texts]
        sentence = "(?:" + "|".join(sentences) + ")"
        patterns.append(re.compile(rf"{sentence}(?: {sentence}){{0,5}}"))
    return patterns


GRAMMAR = _grammar()


def grammatical(text):
    sentences = re.findall(r"[^.]+\.", text)
    return any(pattern.fullmatch(text) for pattern in GRAMMAR) and len(set(sentences)) == len(sentences)


# How the evaluation (and any phrase rule) recognises an event in a caption.
PATTERNS = {
    "part_dropped": r"\bparts?\b[^.]*\bdrop|\bdrop\w*[^.]*\bparts?\b",
    "parts_jammed": r"\bjam", "belt_empty": r"\bempty\b", "belt_stopped": r"\bstopped\b",
    "sparks": r"\bsparks?\b", "smoke": r"\bsmoke\b", "spill": r"\bspill", "forklift": r"\bforklift\b",
    "person": r"\bperson\b(?=[^.]*\b(?:standing|working|beside the conveyor|beside the belt\.))(?![^.]*\bl(?:ying|ies)\b)",
    "person_lying": r"\b(?:person|worker)\b[^.]*\bl(?:ying|ies)\b",
    "box_open": r"\bopen\b", "box_closed": r"\bclosed\b", "lights_off": r"\blights are off\b|\blights off\b",
}
PATTERNS = {event: re.compile(pattern, re.IGNORECASE) for event, pattern in PATTERNS.items()}


def events_in(text):
    return {event for event, pattern in PATTERNS.items() if pattern.search(text)}


# ------------------------------------------------------------------------------------------------- questions

QUESTIONS = {
    "part_dropped": ["Is a part dropped on the floor?", "Has a part been dropped?", "Was a part dropped?",
                     "Did a part drop off the belt?", "Is there a part on the floor?", "Is a part lying on the floor?",
                     "Has a part fallen off the belt?", "Is there a dropped part?", "Part dropped?"],
    "parts_jammed": ["Are the parts jammed?", "Is there a jam on the belt?", "Is the conveyor jammed?",
                     "Are parts stuck at the guide?", "Do the parts pile up?"],
    "belt_empty": ["Is the belt empty?", "Is the conveyor empty?", "Is there nothing on the belt?"],
    "belt_stopped": ["Is the belt stopped?", "Has the conveyor stopped?", "Is the belt standing still?",
                     "Is the red light on?"],
    "belt_running": ["Is the belt running?", "Is the conveyor moving?", "Is the green light on?"],
    "sparks": ["Are there sparks?", "Do you see sparks?", "Are sparks flying?", "Is the machine throwing sparks?"],
    "smoke": ["Is there smoke?", "Do you see smoke?", "Is smoke rising?", "Is there any smoke in the image?"],
    "spill": ["Is there a liquid spill?", "Is liquid spilled on the floor?", "Has liquid been spilled?",
              "Is there a spill on the floor?", "Is the floor wet?"],
    "forklift": ["Is there a forklift?", "Do you see a forklift?", "Is a forklift behind the conveyor?"],
    "any_person": ["Is there a person?", "Do you see a person?", "Is anybody there?", "Is there a worker in the image?"],
    "person": ["Is a person standing beside the conveyor?", "Is a person working beside the belt?",
               "Is someone standing beside the belt?"],
    "person_lying": ["Is a person lying on the floor?", "Has a person collapsed?", "Is someone lying on the floor?",
                     "Is there a person on the floor?"],
    "any_box": ["Is there a box?", "Do you see a box?"],
    "box_open": ["Is the box open?", "Is there an open box?"],
    "box_closed": ["Is the box closed?", "Is there a closed box?"],
    "lights_off": ["Are the lights off?", "Is it dark?", "Is the hall dark?"],
    "lights_on": ["Are the lights on?", "Is the light on?"],
    "parts_on_belt": ["Are there parts on the belt?", "Is there a part on the belt?"],
    "normal": ["Is everything normal?", "Is everything in order?"],
    "problem": ["Is there a problem?", "Is something wrong?"],
}
HAZARDS = {"person_lying", "part_dropped", "parts_jammed", "sparks", "smoke", "spill"}

COUNT_QUESTIONS = ["How many parts are on the belt?", "How many parts do you see on the conveyor?",
                   "How many parts are there on the belt?", "Count the parts on the belt."]
COLOUR_QUESTIONS = ["What colour is the dropped part?", "What color is the dropped part?",
                    "Which colour is the part on the floor?"]
KIND_QUESTIONS = ["What kind of part was dropped?", "What kind of part is on the floor?", "Which part was dropped?"]
BELT_COLOUR_QUESTIONS = ["What colour are the parts on the belt?", "What color are the parts on the belt?"]
BELT_KIND_QUESTIONS = ["What kind of parts are on the belt?", "What is on the belt?"]


def facts(labels):
    """{question topic: truth} for everything that can be answered from the picture."""
    events = set(labels["events"])
    if "lights_off" in events:
        dark = dict.fromkeys(("part_dropped", "sparks", "smoke", "spill", "forklift", "person_lying", "lights_on", "normal"), False)
        return {**dark, "lights_off": True}
    truth = {event: event in events for event in PRIORITY}
    truth.update({"belt_running": "belt_stopped" not in events, "any_person": bool(events & {"person", "person_lying"}),
                  "any_box": bool(events & {"box_open", "box_closed"}), "lights_off": False, "lights_on": True,
                  "parts_on_belt": "belt_empty" not in events, "normal": not events & HAZARDS,
                  "problem": bool(events & HAZARDS)})
    return truth


def yes_no(labels, topic, rng):
    questions = QUESTIONS[topic]
    return questions[int(rng.integers(len(questions)))], "Yes." if facts(labels)[topic] else "No."


def short_questions(labels):
    """All (question variants, answer) with a short, open answer that this scene has."""
    events = labels["events"]
    found = []
    if "lights_off" in events:
        return found
    if "parts_jammed" not in events:
        count = len(labels["parts"])
        found.append((COUNT_QUESTIONS, (NUMBERS[count] if count else "none").capitalize() + "."))
        colours, kinds = {c for c, _ in labels["parts"]}, {k for _, k in labels["parts"]}
        if len(colours) == 1:
            found.append((BELT_COLOUR_QUESTIONS, colours.pop().capitalize() + "."))
        if count and len(kinds) == 1:
            found.append((BELT_KIND_QUESTIONS, plural(kinds.pop(), count).capitalize() + "."))
        elif count == 0:
            found.append((BELT_KIND_QUESTIONS[1:], "Nothing."))
    if labels["dropped"]:
        found.append((COLOUR_QUESTIONS, labels["dropped"][0].capitalize() + "."))
        found.append((KIND_QUESTIONS, f"A {labels['dropped'][1]}."))
    else:
        found.append((COLOUR_QUESTIONS + KIND_QUESTIONS, "None."))
    return found


def sample_texts(labels, rng, captions=1, closed=4, opened=1):
    """Random (prompt, answer) pairs for one picture; yes/no topics balanced between both answers."""
    texts = []
    for style in rng.permutation(4)[:captions]:
        prompts = CAPTION_PROMPTS[style]
        texts.append((prompts[int(rng.integers(len(prompts)))], caption(labels, int(style))))
    truth = facts(labels)
    sides = [[topic for topic in truth if truth[topic] == value] for value in (True, False)]
    # A "yes" picked uniformly would mostly be a trivial one ("Are the lights on?"): events count threefold.
    weights = [[3.0 if topic in labels["events"] or not value else 1.0 for topic in topics]
               for value, topics in zip((True, False), sides)]
    for i in range(closed):
        side = i % 2 if closed > 1 else int(rng.integers(2))
        weight = [w / sum(weights[side]) for w in weights[side]]
        texts.append(yes_no(labels, sides[side][int(rng.choice(len(sides[side]), p=weight))], rng))
    options = short_questions(labels)
    for i in rng.permutation(len(options))[:opened]:
        questions, answer = options[i]
        texts.append((questions[int(rng.integers(len(questions)))], answer))
    return [(loosen(prompt, rng), answer) for prompt, answer in texts]


def loosen(prompt, rng):
    """Users also type in lower case and without punctuation."""
    if rng.random() < 0.1:
        prompt = prompt.lower()
    if rng.random() < 0.1:
        prompt = prompt.rstrip("?.")
    return prompt


def corpus():
    """Every fixed text of the domain, with slots filled, for building the vocabulary."""
    fill = lambda text: [text.format(c=c, k=k, n="", list="") for c in COLOURS for k in KINDS] if "{" in text else [text]
    texts = [p for prompts in CAPTION_PROMPTS for p in prompts] + [q for qs in QUESTIONS.values() for q in qs]
    texts += COUNT_QUESTIONS + COLOUR_QUESTIONS + KIND_QUESTIONS + BELT_COLOUR_QUESTIONS + BELT_KIND_QUESTIONS
    texts += [text.lower() for text in texts]
    for variants in list(SENTENCES.values()) + [LOADS, LOADS_STOPPED]:
        texts += [filled for text in variants for filled in fill(text)]
    texts += [f" {number} {colour} {kind}s and" for number in NUMBERS for colour in COLOURS for kind in KINDS]
    texts += [f"{word.capitalize()}." for word in NUMBERS + COLOURS + ["none", "nothing", "yes"] + [k + "s" for k in KINDS] + KINDS]
    texts += ["system", "You are a helpful assistant.", "user", "assistant", " part parts a", "\n"]
    return texts
