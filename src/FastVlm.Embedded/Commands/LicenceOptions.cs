using System.CommandLine;

namespace FastVlm.Embedded.Commands;

internal static class LicenceOptions
{
    public static Option<bool> Accept { get; } = new("--accept-licence", "--accept-license")
    {
        Description = "I have read the model's licence and accept it.",
    };
}
