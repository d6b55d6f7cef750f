using System.Security.Cryptography;
using System.Text;

namespace FastVlm.Storage.Secrets;

/// <summary>
/// Encrypts short texts with AES-256-GCM. What is sealed for one place (row and path) opens at no other, so that a secret
/// cannot be moved to an entry whose address its thief controls.
/// </summary>
internal sealed class SecretBox(byte[] key)
{
    public const string Prefix = "enc:v1:";

    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    /// <returns><see cref="Prefix"/> and base64 of nonce, cipher text and tag.</returns>
    public string Seal(string text, string place)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length),
            Encoding.UTF8.GetBytes(place));
        return Prefix + Convert.ToBase64String(sealedBytes);
    }

    /// <returns>Null where it was sealed with another key or for another place, or was changed.</returns>
    public string? Open(string sealedText, string place)
    {
        var base64 = sealedText.StartsWith(Prefix, StringComparison.Ordinal) ? sealedText[Prefix.Length..] : "";
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length, TagBytes),
                plain, Encoding.UTF8.GetBytes(place));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
