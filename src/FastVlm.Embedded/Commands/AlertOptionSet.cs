using System.CommandLine;

namespace FastVlm.Embedded.Commands;

/// <summary>When <c>fastvlm watch</c> raises an alert, and whom it tells.</summary>
internal static class AlertOptionSet
{
    public static Option<string[]> Alert { get; } = new("--alert")
    {
        Description = "Raise an alert when a caption says this: a phrase or an expression; may be repeated. For the demo: 'part dropped'.",
        HelpName = "PHRASE",
    };

    public static Option<int> Confirm { get; } = new("--confirm")
    {
        Description = "Matching captions in a row before an alert; 2 forgives a single wrong caption.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };

    public static Option<string?> Webhook { get; } = new("--webhook")
    {
        Description = "POST alerts as JSON to this address.",
        HelpName = "URL",
    };

    public static Option<string?> WebhookSecretFile { get; } = new("--webhook-secret-file")
    {
        Description = "Sign them with the secret in this file (whsec_…).",
        HelpName = "FILE",
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Alert);
        command.Options.Add(Confirm);
        command.Options.Add(Webhook);
        command.Options.Add(WebhookSecretFile);
    }
}
