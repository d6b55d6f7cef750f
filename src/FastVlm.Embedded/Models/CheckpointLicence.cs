using System.Text.RegularExpressions;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Models;

/// <summary>
/// The licence of a checkpoint folder: what its model card (MODEL_CARD.md, README.md) declares in its front matter, as on
/// a hub (<c>license:</c>), or in a table (<c>| Licence | … |</c>); else what its LICENSE file begins with.
/// </summary>
internal static partial class CheckpointLicence
{
    private const string FrontMatterMark = "---";

    // On a hub "other" means that the name stands in a field of its own.
    private const string Other = "other";

    private static readonly string[] Cards = ["MODEL_CARD.md", "README.md"];

    public static string Of(string folder) =>
        Cards.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(card => InCard(File.ReadAllLines(card)))
            .FirstOrDefault(found => found is not null) is { } identifier
            ? ModelLicence.FromIdentifier(identifier)
            : ModelLicence.FromFolder(folder);

    private static string? InCard(string[] lines)
    {
        var frontMatter = lines is [FrontMatterMark, ..] ? lines.Skip(1).TakeWhile(line => line.Trim() != FrontMatterMark).ToArray() : [];
        var declared = Field(frontMatter, "license") ?? Field(frontMatter, "licence");
        return declared is not null and not Other
            ? declared
            : Field(frontMatter, "license_name")
                ?? lines.Select(line => TableRow().Match(line)).FirstOrDefault(row => row.Success)?.Groups[1].Value;
    }

    private static string? Field(string[] frontMatter, string name) =>
        frontMatter.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim(' ', '"', '\'')
            is { Length: > 0 } value ? value : null;

    [GeneratedRegex(@"^\|\s*Licen[cs]e\s*\|\s*([A-Za-z0-9.+-]+)")]
    private static partial Regex TableRow();
}
