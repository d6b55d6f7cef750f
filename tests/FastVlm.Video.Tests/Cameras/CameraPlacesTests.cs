using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using FastVlm.Video.Cameras;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests.Cameras;

public sealed class CameraPlacesTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly CameraPlaces places;

    public CameraPlacesTests()
    {
        foreach (var name in (string[])["demo", "media", "media/line 3", "outside", "media-2"])
        {
            Directory.CreateDirectory(folder.File(name));
        }

        foreach (var name in (string[])["demo/gears.mp4", "media/a.mp4", "media/line 3/b.mp4", "media/photo.jpg", "outside/secret.mp4",
            "media-2/c.mp4"])
        {
            File.WriteAllText(folder.File(name), "video");
        }

        places = new CameraPlaces(folder.File("demo"), folder.File("media"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("demo:gears", "demo/gears.mp4")]
    [InlineData("media:a.mp4", "media/a.mp4")]
    [InlineData("media:line 3/b.mp4", "media/line 3/b.mp4")]
    [InlineData("media:./a.mp4", "media/a.mp4")]
    public void Finds_clips(string address, string path)
    {
        var source = Find(address);

        Assert.Equal((VideoSourceKind.File, folder.File(path)), (source.Kind, source.Location));
    }

    [Theory]
    [InlineData("media:../outside/secret.mp4")]
    [InlineData("media:line 3/../../outside/secret.mp4")]
    [InlineData("media:../media-2/c.mp4")]
    [InlineData("media:/etc/passwd")]
    [InlineData("media:")]
    [InlineData("media:.")]
    [InlineData("media:line 3")]
    [InlineData("media:nothing.mp4")]
    [InlineData("media:a.mp4\n")]
    [InlineData("media:link-to-file.mp4")]
    [InlineData("media:link-to-folder/secret.mp4")]
    [InlineData("media:link-to-link.mp4")]
    [InlineData("media:circle.mp4")]
    [InlineData("media:link-with-dots.mp4")]
    public void No_name_leads_out_of_the_media_folder(string address)
    {
        File.CreateSymbolicLink(folder.File("media/link-to-file.mp4"), folder.File("outside/secret.mp4"));
        File.CreateSymbolicLink(folder.File("media/link-with-dots.mp4"), "../outside/secret.mp4");
        File.CreateSymbolicLink(folder.File("media/link-to-link.mp4"), "link-to-file.mp4");
        File.CreateSymbolicLink(folder.File("media/circle.mp4"), "circle.mp4");
        Directory.CreateSymbolicLink(folder.File("media/link-to-folder"), folder.File("outside"));

        var failure = Assert.Throws<FailureException>(() => Find(address));

        Assert.Equal(FailureKind.SourceUnreachable, failure.Kind);
        Assert.DoesNotContain(folder.FullPath, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_within_the_media_folder_and_to_it_are_followed()
    {
        File.CreateSymbolicLink(folder.File("media/inside.mp4"), "line 3/b.mp4");
        Directory.CreateSymbolicLink(folder.File("media-link"), folder.File("media"));

        Assert.Equal(folder.File("media/line 3/b.mp4"), Find("media:inside.mp4").Location);
        var throughLink = new CameraPlaces(folder.File("demo"), folder.File("media-link"));
        Assert.Equal(folder.File("media/a.mp4"), throughLink.Find(new CameraSpec { Url = new("media:a.mp4") }).Location);
    }

    [Theory]
    [InlineData("demo:../media/a", "There is no demonstration clip '../media/a'; there are: gears.")]
    [InlineData("demo:smoke", "There is no demonstration clip 'smoke'; there are: gears.")]
    [InlineData("media:photo.jpg", "The file 'photo.jpg' of the media folder is a picture; a camera needs a video.")]
    [InlineData("/etc/passwd", "The address '/etc/passwd' is no camera; rtsp://, rtsps://, http://, https://, demo:NAME and media:NAME")]
    [InlineData("file:///etc/passwd", "The address 'file:///etc/passwd' is no camera;")]
    [InlineData("ftp://joe:secret@host/x", "The address 'ftp://***@host/x' is no camera;")]
    public void Tells_what_is_wrong_with_an_address(string address, string message) =>
        Assert.StartsWith(message, Assert.Throws<FailureException>(() => Find(address)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("rtsp://cam/1", "joe", "s3cret", "rtsp://joe:s3cret@cam/1")]
    [InlineData("rtsp://cam:554/1?x=@y", "joe", "p@ss:w/rd?#%", "rtsp://joe:p%40ss%3Aw%2Frd%3F%23%25@cam:554/1?x=@y")]
    [InlineData("rtsps://old:one@cam", "jürgen", "", "rtsps://j%C3%BCrgen:@cam")]
    [InlineData("rtsp://a@b@cam/1", "joe", "x", "rtsp://joe:x@cam/1")]
    [InlineData("rtsp://own:kept@cam/1", "", "", "rtsp://own:kept@cam/1")]
    public void Credentials_are_put_into_the_URL(string url, string user, string password, string expected)
    {
        var spec = new CameraSpec { Url = new(url), Credentials = new() { Username = new(user), Password = new(password) } };

        var source = places.Find(spec);

        Assert.Equal(expected, source.Location);
        Assert.DoesNotContain("secret", source.ToString(), StringComparison.Ordinal);
    }

    private VideoSource Find(string address) => places.Find(new CameraSpec { Url = new CameraUrl(address) });
}
