namespace FastVlm.Pipeline.Configuration;

/// <summary>
/// Puts back the secrets that a client was shown masked, and moves a user and password out of the URL. Stored secrets go
/// only where they went before: to the same host and port.
/// </summary>
public static class CameraSecrets
{
    private const string UrlPath = "$.url";
    private const string CredentialsPath = "$.credentials";

    /// <param name="spec">What the user wrote.</param>
    /// <param name="stored">The camera that it replaces; null for a new one.</param>
    public static Prepared<CameraSpec> Complete(CameraSpec spec, CameraSpec? stored)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var faults = new FaultList();
        var url = CompleteUrl(spec.Url, stored?.Url, faults);
        var completed = spec with { Url = url, Credentials = CompleteCredentials(spec, stored, faults) };
        return new Prepared<CameraSpec>(completed.Credentials is null ? completed : DropEmpty(completed), faults.Errors);
    }

    /// <summary>The URL without its user part, and with its stored query values where it came back masked.</summary>
    private static CameraUrl CompleteUrl(CameraUrl url, CameraUrl? stored, FaultList faults)
    {
        var text = url.Reveal().Trim();
        if (stored is not null && text == stored.Redacted)
        {
            return stored;
        }

        if (text.Contains(SecretText.Mask, StringComparison.Ordinal))
        {
            faults.Add(UrlPath, "The URL holds '***' in place of a secret and is not the stored one; give the real value.");
        }

        return new CameraUrl(CameraAddress.Split(text) is { UserInfo: not null } address ? address.WithoutUserInfo : text);
    }

    private static CameraCredentials? CompleteCredentials(CameraSpec spec, CameraSpec? stored, FaultList faults)
    {
        var given = spec.Credentials;
        if (CameraAddress.Split(spec.Url.Reveal().Trim()) is { UserInfo: { Length: > 0 } userInfo })
        {
            var fromUrl = Parse(userInfo);
            if (given is not null && given != fromUrl && !(given.Username.IsMask && given.Password.IsMask))
            {
                faults.Add(CredentialsPath, "The URL and the credentials both name a user; give them in one place.");
            }

            return fromUrl;
        }

        if (given is null)
        {
            return null;
        }

        var mayKeep = stored is not null && CameraAddress.LeadToSamePlace(spec.Url.Reveal().Trim(), stored.Url.Reveal());
        return new CameraCredentials
        {
            Username = Keep(given.Username, stored?.Credentials?.Username, mayKeep, ("username", "user name"), faults),
            Password = Keep(given.Password, stored?.Credentials?.Password, mayKeep, ("password", "password"), faults),
        };
    }

    private static SecretText Keep(
        SecretText given, SecretText? stored, bool mayKeep, (string Property, string Words) what, FaultList faults)
    {
        if (!given.IsMask)
        {
            return given;
        }

        if (stored is null)
        {
            faults.Add($"{CredentialsPath}.{what.Property}", $"'***' stands for a stored {what.Words}, and none is stored; enter it.");
        }
        else if (!mayKeep)
        {
            faults.Add(
                $"{CredentialsPath}.{what.Property}",
                $"The URL leads to another host or port than before; enter the {what.Words} again: a stored one is not sent elsewhere.");
        }

        return stored ?? given;
    }

    private static CameraCredentials Parse(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var (username, password) = colon < 0 ? (userInfo, "") : (userInfo[..colon], userInfo[(colon + 1)..]);
        return new CameraCredentials
        {
            Username = new SecretText(Uri.UnescapeDataString(username)),
            Password = new SecretText(Uri.UnescapeDataString(password)),
        };
    }

    /// <summary>Empty fields of a form are no credentials.</summary>
    private static CameraSpec DropEmpty(CameraSpec spec) =>
        spec.Credentials is { } c && c.Username.Reveal().Length == 0 && c.Password.Reveal().Length == 0
            ? spec with { Credentials = null }
            : spec;
}
