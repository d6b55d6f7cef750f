using System.Text.RegularExpressions;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Models;

/// <summary>
/// The licence of a checkpoint folder: what its model card declares, as on a hub (<c>license:</c> in the front matter of
/// README.md or MODEL_CARD.md), else what its LICENSE file begins with.
/// </summary>
internal static partial class CheckpointLicence
{
    private static readonly string[] Cards = ["MODEL_CARD.md", "README.md"];

    public static string Of(string folder)
    {
        foreach (var card in Cards.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            if (Declared().Match(File.ReadAllText(card)) is { Success: true } match)
            {
                return ModelLicence.FromIdentifier(match.Groups[1].Value);
            }
        }

        return ModelLicence.FromFolder(folder);
    }

    [GeneratedRegex(
        @"\A---\s*\n(?:.*\n)*?licen[sc]e(?:_name)?:\s*[""']?([A-Za-z0-9.+-]+)[""']?\s*\n(?:.*\n)*?---", RegexOptions.None, 1000)]
    private static partial Regex Declared();
}
