using System.CommandLine;
using FastVlm.Pipeline;

namespace FastVlm.Silo.Commands;

/// <summary>
/// An option that may also be set in the environment, which containers prefer: <c>--silo-port</c> is
/// <c>FASTVLM_SILO_PORT</c>. The command line wins.
/// </summary>
internal static class SiloOption
{
    private const string Prefix = "FASTVLM_";

    public static string VariableOf(string name) => Prefix + name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    public static Option<string> Text(string name, string description, string value, string help = "TEXT") => new(name)
    {
        Description = Describe(name, description),
        DefaultValueFactory = _ => Variable(name) ?? value,
        HelpName = help,
    };

    public static Option<string?> Optional(string name, string description, string help = "TEXT") => new(name)
    {
        Description = Describe(name, description),
        DefaultValueFactory = _ => Variable(name),
        HelpName = help,
    };

    public static Option<int> Number(string name, string description, int value) => new(name)
    {
        Description = Describe(name, description),
        DefaultValueFactory = _ => Variable(name) is not { } text ? value
            : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
            : throw new FailureException(FailureKind.Usage, $"{VariableOf(name)} is '{text}'; give a whole number."),
        HelpName = "N",
    };

    public static Option<bool> Flag(string name, string description) => new(name)
    {
        Description = Describe(name, description),
        DefaultValueFactory = _ => Variable(name) is { } text && (bool.TryParse(text, out var on)
            ? on
            : throw new FailureException(FailureKind.Usage, $"{VariableOf(name)} is '{text}'; write true or false.")),
    };

    private static string Describe(string name, string description) => $"{description} [{VariableOf(name)}]";

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(VariableOf(name)) is { Length: > 0 } text ? text : null;
}
