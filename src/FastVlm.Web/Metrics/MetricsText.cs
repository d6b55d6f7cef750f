using System.Globalization;
using System.Text;

namespace FastVlm.Web.Metrics;

/// <summary>Writes Prometheus' text format, version 0.0.4. Samples of a family must follow each other.</summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();
    private MetricFamily? current;

    public MetricsText Add(MetricFamily family, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (family != current)
        {
            current = family;
            text.Append($"# HELP {family.Name} {family.Help}\n# TYPE {family.Name} {family.Type}\n");
        }

        text.Append(family.Name);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>One sample per value of an enumeration, also where it is 0: a series that comes and goes is hard to alert on.</summary>
    public void AddEach<T>(MetricFamily family, string label, IReadOnlyDictionary<T, long> counts)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            Add(family, counts.GetValueOrDefault(value), (label, Word(value.ToString())));
        }
    }

    /// <summary>ShuttingDown becomes shutting_down.</summary>
    public static string Word(string name) => string.Concat(name.Select((letter, i) =>
        char.IsAsciiLetterUpper(letter) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    public override string ToString() => text.ToString();

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
