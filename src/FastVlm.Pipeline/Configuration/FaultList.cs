using System.Globalization;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Collects every fault of a spec: people correct a form once, not field by field.</summary>
internal sealed class FaultList
{
    private readonly List<SpecError> errors = [];

    public IReadOnlyList<SpecError> Errors => errors;

    public void Add(string path, string message) => errors.Add(new SpecError(path, message));

    public void AddAll(IEnumerable<SpecError> faults) => errors.AddRange(faults);

    /// <summary>A number with its limits, both inclusive.</summary>
    public void Range(string path, string what, double value, (double Min, double Max) limits, string unit = "")
    {
        if (!(value >= limits.Min && value <= limits.Max))
        {
            Add(path, $"{what} is {Number(value)}{unit}; give {Number(limits.Min)} to {Number(limits.Max)}{unit}.");
        }
    }

    /// <summary>A number above a limit, up to another.</summary>
    public void Above(string path, string what, double value, (double Above, double Max) limits, string unit = "")
    {
        if (!(value > limits.Above && value <= limits.Max))
        {
            Add(path, $"{what} is {Number(value)}{unit}; give more than {Number(limits.Above)}, at most {Number(limits.Max)}{unit}.");
        }
    }

    /// <summary>Text that must be there, of limited length, on one line.</summary>
    public void Line(string path, string what, string text, int charsMax)
    {
        Text(path, what, text, charsMax);
        if (text.Any(char.IsControl))
        {
            Add(path, $"{what} holds a line break or another control character; write it on one line.");
        }
    }

    /// <summary>Text that must be there, of limited length.</summary>
    public void Text(string path, string what, string text, int charsMax)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            Add(path, $"{what} is empty; give 1 to {charsMax} characters.");
        }
        else if (text.Length > charsMax)
        {
            Add(path, $"{what} has {text.Length} characters; give at most {charsMax}.");
        }
    }

    public void Count(string path, string what, int count, int countMax)
    {
        if (count > countMax)
        {
            Add(path, $"There are {count} {what}; at most {countMax} are allowed.");
        }
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
