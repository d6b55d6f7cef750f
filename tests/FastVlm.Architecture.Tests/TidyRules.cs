using System.Text.RegularExpressions;

namespace FastVlm.Architecture.Tests;

/// <summary>What every source file of ours keeps to. Returns complaints as "path:line: what".</summary>
internal static partial class TidyRules
{
    public const int FileLinesMax = 400;
    public const int MethodLinesMax = 70;
    public const int LineColumnsMax = 140;

    // Files that are longer, with their lines at most: this list may only shrink.
    private static readonly Dictionary<string, int> LongFiles = new()
    {
        ["models/training/scene.py"] = 916,
        ["models/training/model.py"] = 464,
    };

    public static IEnumerable<string> Violations(string path, string text)
    {
        var lines = text.Split('\n');
        var linesMax = LongFiles.GetValueOrDefault(path, FileLinesMax);
        if (lines.Length - 1 > linesMax)
        {
            yield return $"{path}: {lines.Length - 1} lines (at most {linesMax}).";
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > LineColumnsMax)
            {
                yield return $"{path}:{i + 1}: {lines[i].Length} columns (at most {LineColumnsMax}).";
            }

            if (lines[i].Contains('\t', StringComparison.Ordinal))
            {
                yield return $"{path}:{i + 1}: a tab.";
            }

            if (Unfinished().IsMatch(lines[i]))
            {
                yield return $"{path}:{i + 1}: unfinished work belongs into an issue.";
            }

            if (EmptyCatch().IsMatch(lines[i] + (i + 2 < lines.Length ? lines[i + 1] + lines[i + 2] : "")))
            {
                yield return $"{path}:{i + 1}: an empty catch.";
            }
        }

        foreach (var (line, length) in LongMethods(lines))
        {
            yield return $"{path}:{line}: a method of {length} lines (at most {MethodLinesMax}).";
        }
    }

    /// <summary>Relies on the enforced layout: a body's braces stand alone, at the indent of its signature.</summary>
    private static IEnumerable<(int Line, int Length)> LongMethods(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var indent = lines[i].Length - 1;
            if (lines[i].Trim() != "{" || indent is not (4 or 8) || !lines[i - 1].TrimEnd().EndsWith(')'))
            {
                continue;
            }

            var end = Array.IndexOf(lines, new string(' ', indent) + "}", i);
            if (end - i - 1 > MethodLinesMax)
            {
                yield return (i, end - i - 1);
            }
        }
    }

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b|NotImplemented" + "Exception")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"catch\s*(\([^)]*\)\s*)?(when\s*\([^)]*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();
}
