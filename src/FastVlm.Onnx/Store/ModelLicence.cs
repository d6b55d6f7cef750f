namespace FastVlm.Onnx.Store;

/// <summary>How licences are named, and which of them must be accepted before a model is installed.</summary>
public static class ModelLicence
{
    public const string Unknown = "unknown (the directory does not say)";

    private const string AppleResearch = "apple-amlr (research only)";
    private const string AppleSentence = "Apple Machine Learning Research Model";
    private const string ResearchOnly = "research only";

    // Phrases that stand at the head of the texts, before anything that varies.
    private static readonly (string Phrase, string Licence)[] Known =
    [
        (AppleSentence, AppleResearch),
        ("Apache License", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("Permission is hereby granted, free of charge", "MIT"),
    ];

    /// <summary>What the LICENSE file of a folder is; says so where it is unknown.</summary>
    public static string FromFolder(string folder)
    {
        var file = Path.Combine(folder, "LICENSE");
        if (!File.Exists(file))
        {
            return Unknown;
        }

        var text = File.ReadAllText(file);
        return Known.FirstOrDefault(known => text.Contains(known.Phrase, StringComparison.OrdinalIgnoreCase)).Licence
            ?? "see its LICENSE file";
    }

    /// <summary>The name shown for a hub's identifier, e.g. "apple-amlr".</summary>
    public static string FromIdentifier(string identifier) => identifier.ToLowerInvariant() switch
    {
        "apple-amlr" => AppleResearch,
        "apache-2.0" => "Apache-2.0",
        "mit" => "MIT",
        _ => identifier,
    };

    /// <summary>True where the licence restricts what a plant may do with the model.</summary>
    public static bool IsRestricted(string licence) => licence.Contains(ResearchOnly, StringComparison.OrdinalIgnoreCase);
}
