using System.Security.Cryptography;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Puts back the secrets that a client was shown masked; makes one where none is given. Same rule as for cameras.</summary>
public static class EndpointSecrets
{
    private const int KeyBytes = 32;

    internal static Prepared<EndpointSpec> Complete(EndpointSpec spec, EndpointSpec? stored)
    {
        var faults = new FaultList();
        var url = CompleteUrl(spec.Url, stored?.Url, faults);
        var mayKeep = stored is not null && CameraAddress.LeadToSamePlace(url.Reveal(), stored.Url.Reveal());
        var secrets = spec.Secrets.Count > 0
            ? [.. spec.Secrets.Select((secret, i) => Keep(i, secret, stored, mayKeep, faults))]
            : mayKeep ? stored!.Secrets : [Generate()];
        return new Prepared<EndpointSpec>(spec with { Url = url, Secrets = secrets }, faults.Errors);
    }

    /// <summary><c>whsec_</c> and the base64 of 32 random bytes, as Standard Webhooks writes keys.</summary>
    public static SecretText Generate() => new("whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));

    private static CameraUrl CompleteUrl(CameraUrl url, CameraUrl? stored, FaultList faults)
    {
        var text = url.Reveal().Trim();
        if (stored is not null && (text == stored.Redacted || text == UrlSecrets.RedactDestination(stored.Reveal())))
        {
            return stored;
        }

        if (text.Contains(SecretText.Mask, StringComparison.Ordinal))
        {
            faults.Add("$.url", "The URL holds '***' in place of a secret and is not the stored one; give the real value.");
        }

        return new CameraUrl(text);
    }

    private static SecretText Keep(int index, SecretText given, EndpointSpec? stored, bool mayKeep, FaultList faults)
    {
        if (!given.IsMask)
        {
            return given;
        }

        if (stored is null || index >= stored.Secrets.Count)
        {
            faults.Add(
                $"$.secrets[{index}]", "'***' stands for a stored secret, and none is stored here; enter it, or leave the list empty.");
            return given;
        }

        if (!mayKeep)
        {
            faults.Add(
                $"$.secrets[{index}]",
                "The URL leads to another host or port than before; enter the secret again, or leave the list empty for a new one.");
        }

        return stored.Secrets[index];
    }
}
