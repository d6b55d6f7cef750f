namespace FastVlm.Pipeline.Alerts.Payloads;

/// <summary>Addresses that people open from a message; none without a dashboard address.</summary>
internal sealed class Links
{
    /// <summary>A dozen links share the payload with the texts.</summary>
    private const int AddressCharsMax = 300;

    private readonly string? root;

    /// <exception cref="FailureException">Usage: the address is no http(s) address, holds a query, or is too long.</exception>
    public Links(Uri? dashboard)
    {
        if (dashboard is null)
        {
            return;
        }

        if (!dashboard.IsAbsoluteUri || dashboard.Scheme is not ("http" or "https") || dashboard.Query.Length > 0
            || dashboard.AbsoluteUri.Length > AddressCharsMax)
        {
            throw new FailureException(
                FailureKind.Usage,
                $"The dashboard's address in messages needs http:// or https://, no query, and at most {AddressCharsMax} characters.");
        }

        root = dashboard.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    public static Links None { get; } = new(null);

    public string? Incident(IncidentId id) => root is null ? null : $"{root}/incidents/{Uri.EscapeDataString(id.Value)}";

    public string? Picture(IncidentId id, int index) =>
        root is null ? null : $"{root}/api/incidents/{Uri.EscapeDataString(id.Value)}/pictures/{index}.jpg";
}
