using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Decides whether a webhook endpoint can be used as written. Reports every fault; touches no network.</summary>
public static class EndpointSpecValidator
{
    /// <param name="spec">What the user wrote.</param>
    /// <param name="destinations">Where webhooks of this installation may go; what the endpoint itself allows is added.</param>
    public static IReadOnlyList<SpecError> Validate(EndpointSpec spec, DestinationPolicy destinations)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(destinations);
        var faults = new FaultList();
        faults.Line("$.name", "The name", spec.Name, Limits.NameCharsMax);
        CheckUrl(spec.Url.Reveal(), destinations with { AllowPrivateNetwork = spec.AllowPrivateNetwork }, faults);
        CheckSecrets(spec.Secrets, faults);
        TagRules.Check("$.cameras.tags", spec.Cameras.Tags, faults);
        return faults.Errors;
    }

    /// <summary>The address is not repeated in a message: its path may be a secret.</summary>
    private static void CheckUrl(string text, DestinationPolicy destinations, FaultList faults)
    {
        if (text.Length is 0 or > Limits.UrlCharsMax)
        {
            faults.Add("$.url", $"The URL has {text.Length} characters; give 1 to {Limits.UrlCharsMax}.");
        }
        else if (text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\'))
        {
            faults.Add("$.url", "The URL holds a blank, backslash or control character; percent-encode it, e.g. %20 for a blank.");
        }
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            faults.Add("$.url", "The URL is no web address; give one that begins with https:// or http:// and names a host.");
        }
        else if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            faults.Add("$.url", "The URL holds a user part or a fragment, which are not sent; put a token into its path or query.");
        }
        else if (DestinationGuard.Objection(uri, destinations) is { } objection)
        {
            faults.Add("$.url", objection);
        }
    }

    private static void CheckSecrets(IReadOnlyList<SecretText> secrets, FaultList faults)
    {
        if (secrets.Count is 0 or > Limits.WebhookSecretsMax)
        {
            faults.Add("$.secrets", $"There are {secrets.Count} secrets; give 1 or {Limits.WebhookSecretsMax}, the newest first.");
        }

        for (var i = 0; i < secrets.Count; i++)
        {
            try
            {
                WebhookSecret.Parse(secrets[i].Reveal());
            }
            catch (FailureException e)
            {
                faults.Add($"$.secrets[{i}]", e.Message);
            }
        }
    }
}
