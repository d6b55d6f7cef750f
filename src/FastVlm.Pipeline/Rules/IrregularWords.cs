using System.Collections.Frozen;

namespace FastVlm.Pipeline.Rules;

/// <summary>Words whose forms follow no rule, and spellings that differ between Britain and America.</summary>
internal static class IrregularWords
{
    // "base: forms". Left out on purpose: forms that mostly mean something else in a plant (ground, saw, bit, wound, spoke, led).
    private static readonly FrozenDictionary<string, string> Verbs = Table(
        "fall: fell fallen", "break: broke broken", "lie: lay lain lying lies laid lays laying", "die: dies dying died",
        "tie: ties tying tied", "spill: spilt", "stick: stuck", "stand: stood", "sit: sat", "run: ran", "tear: tore torn",
        "bend: bent", "burn: burnt", "light: lit", "catch: caught", "lose: lost", "go: went gone goes", "throw: threw thrown",
        "blow: blew blown", "hold: held", "wear: wore worn", "hang: hung", "bleed: bled", "leave: left", "slide: slid",
        "freeze: froze frozen", "shake: shook shaken", "come: came", "take: took taken", "begin: began begun",
        "drive: drove driven", "strike: struck", "drop: dropt", "fly: flew flown", "rise: rose risen", "sink: sank sunk",
        "swing: swung", "spin: spun", "keep: kept", "sleep: slept", "sweep: swept", "creep: crept", "bring: brought",
        "build: built", "send: sent", "draw: drew drawn", "grow: grew grown", "hide: hid hidden", "ride: rode ridden",
        "write: wrote written", "shoot: shot", "steal: stole stolen", "spring: sprang sprung", "shrink: shrank shrunk",
        "swell: swollen", "melt: molten", "drink: drank drunk", "eat: ate eaten", "bite: bitten", "bind: bound", "dig: dug",
        "flee: fled", "fling: flung", "fight: fought", "find: found", "give: gave given", "get: got gotten", "lean: leant",
        "leap: leapt", "see: seen", "shine: shone", "sling: slung", "speed: sped", "wake: woke woken", "weave: wove woven",
        "feed: fed", "make: made", "free: freed", "withdraw: withdrew withdrawn",
        "overthrow: overthrown", "undo: undone undid", "buy: bought", "teach: taught", "pay: paid", "sell: sold", "tell: told");

    private static readonly FrozenDictionary<string, string> Nouns = Table(
        "person: people persons", "man: men", "woman: women", "child: children", "foot: feet", "knife: knives",
        "shelf: shelves", "half: halves", "tooth: teeth", "mouse: mice", "thief: thieves", "debris: debris", "gas: gases gas",
        "bus: buses bus", "lens: lenses lens", "goose: geese", "axis: axes", "calf: calves", "loaf: loaves", "wolf: wolves",
        "hoof: hooves", "scarf: scarves");

    /// <summary>By stem.</summary>
    private static readonly FrozenDictionary<string, string> Spellings = Table(
        "color: colour", "odor: odour", "vapor: vapour", "harbor: harbour", "labor: labour", "armor: armour",
        "behavior: behaviour", "neighbor: neighbour", "gray: grey", "fiber: fibr", "center: centr", "meter: metr",
        "liter: litr", "caliber: calibr", "tire: tyre", "aluminum: aluminium", "mold: mould", "sulfur: sulphur",
        "plow: plough", "curb: kerb", "catalog: catalogu", "licens: licenc", "maneuver: manoeuvr", "artifact: artefact",
        "discolor: discolour");

    /// <summary>The dictionary form of an irregular form; null for a regular word.</summary>
    public static string? BaseOf(string word) => Verbs.GetValueOrDefault(word) ?? Nouns.GetValueOrDefault(word);

    public static bool IsVerb(string word) => Verbs.ContainsKey(word);

    /// <summary>The American stem of a British one.</summary>
    public static string Spelling(string stem) => Spellings.GetValueOrDefault(stem, stem);

    private static FrozenDictionary<string, string> Table(params string[] rows) => rows
        .Select(row => row.Split(": "))
        .SelectMany(row => row[1].Split(' ').Select(form => (Form: form, Base: row[0])))
        .ToFrozenDictionary(entry => entry.Form, entry => entry.Base, StringComparer.Ordinal);
}
