using System.Text;
using System.Text.RegularExpressions;
using FastVlm.Pipeline;

namespace FastVlm.Video.Sources;

/// <summary>Which files a directory, glob or printf pattern means, in the order of the numbers in their names.</summary>
internal static partial class PictureNames
{
    public static bool IsPattern(string path) =>
        Path.GetFileName(path) is var name && (name.AsSpan().ContainsAny('*', '?') || PrintfNumber().IsMatch(name));

    /// <exception cref="FailureException">SourceUnreachable: nothing matches.</exception>
    public static IReadOnlyList<string> List(string location)
    {
        if (File.Exists(location))
        {
            return [location];
        }

        var isDirectory = Directory.Exists(location);
        var directory = isDirectory ? location : Path.GetDirectoryName(location) ?? ".";
        var matches = isDirectory ? VideoSource.IsPictureName : NameTest(Path.GetFileName(location));
        var files = Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Where(f => matches(Path.GetFileName(f))).Order(NaturalOrder).ToList()
            : [];
        return files.Count > 0
            ? files
            : throw new FailureException(FailureKind.SourceUnreachable, $"No picture matches '{location}'.");
    }

    private static Func<string, bool> NameTest(string pattern)
    {
        var expression = new StringBuilder("^");
        var rest = pattern.AsSpan();
        while (rest.Length > 0)
        {
            var number = PrintfNumber().Match(rest.ToString());
            if (number is { Success: true, Index: 0 })
            {
                var digits = number.Groups[1].Value;
                expression.Append(digits.Length > 0
                    ? $@"\d{{{int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)},}}" : @"\d+");
                rest = rest[number.Length..];
                continue;
            }

            expression.Append(rest[0] switch { '*' => ".*", '?' => ".", var c => Regex.Escape(c.ToString()) });
            rest = rest[1..];
        }

        var test = new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant);
        return name => test.IsMatch(name);
    }

    /// <summary>Numbers count by value, so that <c>frame10</c> follows <c>frame9</c>.</summary>
    private static readonly IComparer<string> NaturalOrder = Comparer<string>.Create((a, b) =>
    {
        var left = Digits().Replace(a, m => m.Value.PadLeft(20, '0'));
        var right = Digits().Replace(b, m => m.Value.PadLeft(20, '0'));
        return string.CompareOrdinal(left, right) is var order and not 0 ? order : string.CompareOrdinal(a, b);
    });

    [GeneratedRegex(@"%0?(\d*)d")]
    private static partial Regex PrintfNumber();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
