using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>
/// The hub to fetch from: <c>HF_ENDPOINT</c> (a mirror; may have a path), else https://huggingface.co; and the token
/// <c>HF_TOKEN</c>, which is sent to that host only and never printed.
/// </summary>
public sealed class HubEndpoint
{
    public const string AddressVariable = "HF_ENDPOINT";
    public const string TokenVariable = "HF_TOKEN";

    private const string PublicHub = "https://huggingface.co";

    private readonly string? _token;

    public HubEndpoint(Uri address, string? token)
    {
        Address = address;
        _token = string.IsNullOrWhiteSpace(token) ? null : token.Trim();
    }

    public Uri Address { get; }

    public bool HasToken => _token is not null;

    /// <exception cref="FailureException">The variable holds no http(s) address.</exception>
    public static HubEndpoint FromEnvironment(Func<string, string?> variable)
    {
        var text = variable(AddressVariable) is { Length: > 0 } named ? named : PublicHub;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new HubEndpoint(address, variable(TokenVariable))
            : throw new FailureException(FailureKind.Usage, $"{AddressVariable} is '{text}', which is not an http or https address.");
    }

    public Uri CommitOf(string repository, string revision) => At($"api/models/{repository}/revision/{Escape(revision)}");

    public Uri TreeOf(string repository, string commit) => At($"api/models/{repository}/tree/{Escape(commit)}?recursive=true");

    public Uri FileAt(string repository, string commit, string path) =>
        At($"{repository}/resolve/{Escape(commit)}/{string.Join('/', path.Split('/').Select(Escape))}");

    /// <summary>The token where <paramref name="address"/> is this hub itself: not the storage it redirects to.</summary>
    public string? TokenFor(Uri address) =>
        Uri.Compare(address, Address, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? _token
            : null;

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private Uri At(string relative) => new($"{Address.AbsoluteUri.TrimEnd('/')}/{relative}");
}
