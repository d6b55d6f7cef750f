using FastVlm.Pipeline.Configuration;

// Not ...Tests.Configuration: other tests write Configuration.X for the production namespace.
namespace FastVlm.Pipeline.Tests;

public sealed class CameraSecretsTests
{
    private const string Mask = SecretText.Mask;

    [Theory]
    [InlineData("rtsp://admin:geheim@10.0.0.5/a", "rtsp://10.0.0.5/a", "admin", "geheim")]
    [InlineData("rtsp://admin:p%40ss%3A@10.0.0.5:8554/a", "rtsp://10.0.0.5:8554/a", "admin", "p@ss:")]
    [InlineData("rtsp://admin:p@ss@10.0.0.5/a", "rtsp://10.0.0.5/a", "admin", "p@ss")]
    [InlineData("rtsp://admin@10.0.0.5/a", "rtsp://10.0.0.5/a", "admin", "")]
    [InlineData(" RTSP://admin:x@Host/A ", "rtsp://host/A", "admin", "x")]
    public void User_and_password_of_the_address_become_credentials(string url, string without, string username, string password)
    {
        var (spec, errors) = CameraSecrets.Complete(Camera(url), null);

        Assert.Empty(errors);
        Assert.Equal(without, spec.Url.Reveal());
        Assert.Equal((username, password), (spec.Credentials!.Username.Reveal(), spec.Credentials.Password.Reveal()));
    }

    [Theory]
    [InlineData("rtsp://10.0.0.5/b", true)]
    [InlineData("rtsp://10.0.0.5:554/a", true)]
    [InlineData("rtsp://10.0.0.6/a", false)]
    [InlineData("rtsp://10.0.0.5:555/a", false)]
    [InlineData("rtsps://10.0.0.5/a", false)]
    [InlineData("http://10.0.0.5/a", false)]
    [InlineData("rtsp://10.0.0.5.evil.example/a", false)]
    [InlineData("rtsp://evil.example/@10.0.0.5/a", false)]
    [InlineData("rtsp://evil.example#@10.0.0.5/a", false)]
    [InlineData("media:10.0.0.5", false)]
    public void A_masked_password_goes_only_where_it_went_before(string url, bool isKept)
    {
        var stored = Camera("rtsp://10.0.0.5/a") with { Credentials = Credentials("admin", "geheim") };

        var (spec, errors) = CameraSecrets.Complete(Camera(url) with { Credentials = Credentials(Mask, Mask) }, stored);

        Assert.Equal(isKept ? [] : ["$.credentials.username", "$.credentials.password"], errors.Select(error => error.Path));
        Assert.True(!isKept || spec.Credentials!.Password.Reveal() == "geheim");
        Assert.DoesNotContain(errors, error => error.Message.Contains("geheim", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rtsp://10.0.0.5/a?token=***", true)]
    [InlineData("rtsp://10.0.0.5/b?token=***", false)]
    [InlineData("rtsp://10.9.9.9/a?token=***", false)]
    [InlineData("rtsp://***@10.0.0.5/a", false)]
    public void A_masked_address_stands_for_the_stored_one_only_as_it_was_shown(string url, bool isKept)
    {
        var (spec, errors) = CameraSecrets.Complete(Camera(url), Camera("rtsp://10.0.0.5/a?token=abc"));

        Assert.Equal(isKept ? [] : ["$.url"], errors.Select(error => error.Path));
        Assert.True(!isKept || spec.Url.Reveal() == "rtsp://10.0.0.5/a?token=abc");
    }

    [Fact]
    public void A_mask_without_a_stored_secret_is_a_fault()
    {
        var (_, errors) = CameraSecrets.Complete(Camera("rtsp://h/a") with { Credentials = Credentials("admin", Mask) }, null);

        Assert.Equal("$.credentials.password", Assert.Single(errors).Path);
    }

    [Fact]
    public void A_user_named_twice_is_a_fault_and_empty_fields_are_none()
    {
        var twice = CameraSecrets.Complete(Camera("rtsp://a:b@h/a") with { Credentials = Credentials("c", "d") }, null);
        var empty = CameraSecrets.Complete(Camera("rtsp://h/a") with { Credentials = Credentials("", "") }, null);

        Assert.Equal("$.credentials", Assert.Single(twice.Errors).Path);
        Assert.Null(empty.Spec.Credentials);
    }

    [Theory]
    [InlineData("rtsp://10.0.0.5/a", true)]
    [InlineData("rtsp://[2001:db8::5]:554/a?x=1", true)]
    [InlineData("rtsps://camera.plant.example/Streaming/Channels/101", true)]
    [InlineData("http://10.0.0.5/mjpg/video.mjpg", true)]
    [InlineData("demo:line", true)]
    [InlineData("media:line 3.mp4", true)]
    [InlineData("media:../secret.mp4", false)]
    [InlineData("media:.hidden", false)]
    [InlineData("demo:", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("rtsp://", false)]
    [InlineData("rtsp://10.0.0.5:99999/a", false)]
    [InlineData("rtsp://10.0.0.5/a\nfile:///etc/passwd", false)]
    [InlineData("rtsp://10.0.0.5/a' -i /etc/passwd", false)]
    [InlineData("concat:/etc/passwd", false)]
    [InlineData("rtsp://a:p#ss@10.0.0.5/a", false)]
    public void An_address_is_one_that_a_camera_may_have(string url, bool isGood)
    {
        var errors = CameraSpecValidator.Validate(Camera(url));

        Assert.Equal(isGood ? [] : ["$.url"], errors.Select(error => error.Path));
        Assert.DoesNotContain(errors, error => error.Message.Contains("passwd", StringComparison.Ordinal));
    }

    private static CameraSpec Camera(string url) => new() { Name = "a", Url = new CameraUrl(url) };

    private static CameraCredentials Credentials(string username, string password) =>
        new() { Username = new SecretText(username), Password = new SecretText(password) };
}
