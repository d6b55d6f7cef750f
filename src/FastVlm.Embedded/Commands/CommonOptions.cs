using System.CommandLine;

namespace FastVlm.Embedded.Commands;

/// <summary>Options that every command has.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON lines for programs to stdout (see docs/cli.md).",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Say more on stderr, and where an internal error comes from.",
        Recursive = true,
    };
}
