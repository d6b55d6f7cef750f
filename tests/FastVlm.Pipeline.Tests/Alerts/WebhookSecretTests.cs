using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class WebhookSecretTests
{
    private const string Text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>The example of the Standard Webhooks specification; its signature recomputed with Python's hmac.</summary>
    [Fact]
    public void Signs_as_the_specification_does() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecret.Parse(Text)
                .Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8));

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_no base64 at all!")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Refuses_a_weak_or_malformed_secret_without_printing_it(string text)
    {
        var failure = Assert.Throws<FailureException>(() => WebhookSecret.Parse(text));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.True(text.Length < 8 || !failure.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Does_not_print_itself() => Assert.Equal("whsec_***", WebhookSecret.Parse(Text).ToString());
}
