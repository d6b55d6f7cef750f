using FastVlm.Storage.Secrets;

namespace FastVlm.Storage.Tests.Secrets;

public sealed class SecretBoxTests
{
    private static readonly SecretBox Box = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Theory]
    [InlineData("")]
    [InlineData("pass")]
    [InlineData("Käse🧀\0\"")]
    public void What_was_sealed_opens_at_its_place_and_nowhere_else(string text)
    {
        var sealedText = Box.Seal(text, "camera/cam_1$.url");

        Assert.StartsWith("enc:v1:", sealedText, StringComparison.Ordinal);
        Assert.Equal(text, Box.Open(sealedText, "camera/cam_1$.url"));
        Assert.Null(Box.Open(sealedText, "camera/cam_2$.url"));
        Assert.Null(new SecretBox(new byte[32]).Open(sealedText, "camera/cam_1$.url"));
    }

    [Fact]
    public void The_same_text_never_looks_the_same() => Assert.NotEqual(Box.Seal("pass", "a"), Box.Seal("pass", "a"));

    [Fact]
    public void A_changed_byte_anywhere_does_not_open()
    {
        var bytes = Convert.FromBase64String(Box.Seal("pass", "a")[SecretBox.Prefix.Length..]);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Null(Box.Open(SecretBox.Prefix + Convert.ToBase64String(bytes), "a"));
            bytes[i] ^= 1;
        }

        Assert.Equal("pass", Box.Open(SecretBox.Prefix + Convert.ToBase64String(bytes), "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pass")]
    [InlineData("enc:v1:")]
    [InlineData("enc:v1:AAAA")]
    [InlineData("enc:v1:not base64!")]
    [InlineData("enc:v2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_was_never_sealed_does_not_open(string text) => Assert.Null(Box.Open(text, "a"));
}
