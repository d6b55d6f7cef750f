using System.Net;
using System.Text.Json.Nodes;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;

namespace FastVlm.Web.Tests;

public sealed class CameraApiTests
{
    [Fact]
    public async Task A_camera_is_registered_with_its_address_and_found_again()
    {
        await using var web = await WebFixture.StartAsync();

        using var response = await web.SendRawAsync(HttpMethod.Post, "/api/cameras", new { name = "Line 3", url = "rtsp://10.0.0.5/a" });
        var camera = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/cameras/{camera["id"]}", response.Headers.Location!.OriginalString);
        var (status, found) = await web.GetAsync(response.Headers.Location.OriginalString);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Line 3", (string?)found!["name"]);
        Assert.Equal("api", (string?)found["origin"]);
        Assert.Equal(5, (double?)found["spec"]!["sampling"]!["freshnessLimitSeconds"]);
        Assert.Single((await web.GetAsync("/api/cameras")).Body!.AsArray());
    }

    [Fact]
    public async Task Every_fault_of_a_body_is_told_at_once_with_its_path()
    {
        await using var web = await WebFixture.StartAsync();

        var (status, problem) = await web.PostAsync("/api/cameras", new
        {
            name = "",
            url = "ftp://x",
            prompt = new string('x', 2001),
            sampling = new { ratePerSecond = 0, preRollSeconds = 31 },
            privacyMasks = new[] { new { points = new[] { new { x = 0.1, y = 2 } } } },
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        string[] paths =
        [
            "$.name", "$.url", "$.sampling.ratePerSecond", "$.sampling.preRollSeconds", "$.prompt",
            "$.privacyMasks[0].points", "$.privacyMasks[0].points[0].y",
        ];
        Assert.Equal(paths.Order(), problem!["errors"]!.AsObject().Select(error => error.Key).Order());
    }

    [Theory]
    [InlineData("""{"name":"a","url":"rtsp://h/a","nmae":"b"}""", "$.nmae", "did you mean 'name'?")]
    [InlineData("""{"name":5,"url":"rtsp://h/a"}""", "$.name", "text in quotes")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","enabled":"yes"}""", "$.enabled", "true or false")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","transport":"tcpp"}""", "$.transport", "one of tcp, udp")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","tags":[null]}""", "$.tags[0]", "null")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","tags":"x"}""", "$.tags", "a list")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","sampling":{"ratePerSecond":"1"}}""", "$.sampling.ratePerSecond", "a number")]
    [InlineData("""{"name":"a","url":"rtsp://h/a","sampling":null}""", "$.sampling", "null")]
    [InlineData("""{"name":"a","name":"b"}""", "$", "no JSON")]
    [InlineData("""{"name":""", "$", "line 1")]
    [InlineData("[]", "$", "an object")]
    public async Task A_body_of_another_form_is_refused_with_a_path_and_a_remedy(string body, string path, string words)
    {
        await using var web = await WebFixture.StartAsync();

        var (status, problem) = await web.PostAsync("/api/cameras", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, (string?)problem!["errors"]![path]![0], StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_given_once_without_regard_to_case()
    {
        await using var web = await WebFixture.StartAsync();
        await web.AddCameraAsync("Line 3");

        var (status, problem) = await web.PostAsync("/api/cameras", new { name = "LINE 3", url = "rtsp://10.0.0.6/a" });

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("LINE 3", (string?)problem!["errors"]!["$.name"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_keeps_the_password()
    {
        await using var web = await WebFixture.StartAsync();
        var id = await web.AddCameraAsync("Line 3", "rtsp://admin:geheim@10.0.0.5/a?token=abc");

        var (status, camera) = await web.SendAsync(
            HttpMethod.Patch, $"/api/cameras/{id}", """{"prompt":"What is wrong?","sampling":{"preRollSeconds":5}}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("What is wrong?", (string?)camera!["spec"]!["prompt"]);
        var stored = web.Desk.Current.Cameras.Single().Spec;
        Assert.Equal("geheim", stored.Credentials!.Password.Reveal());
        Assert.Equal("rtsp://10.0.0.5/a?token=abc", stored.Url.Reveal());
        Assert.Equal(TimeSpan.FromSeconds(5), stored.Sampling.PreRoll);
        Assert.Equal(1, stored.Sampling.RatePerSecond);
    }

    [Fact]
    public async Task A_password_does_not_follow_the_camera_to_another_host()
    {
        await using var web = await WebFixture.StartAsync();
        var id = await web.AddCameraAsync("Line 3", "rtsp://admin:geheim@10.0.0.5/a");

        var (status, problem) = await web.SendAsync(HttpMethod.Patch, $"/api/cameras/{id}", """{"url":"rtsp://10.9.9.9/a"}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("enter the password again", (string?)problem!["errors"]!["$.credentials.password"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_camera_is_tried_with_its_stored_password_before_it_is_saved()
    {
        await using var web = await WebFixture.StartAsync();
        var id = await web.AddCameraAsync("Line 3", "rtsp://admin:geheim@10.0.0.5/a");

        var (status, result) = await web.PostAsync(
            $"/api/cameras/test?replaces={id}",
            new { url = "rtsp://10.0.0.5/b", credentials = new { username = "***", password = "***" } });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True((bool?)result!["succeeded"]);
        Assert.Equal("AQID", (string?)result["picture"]);
        Assert.Equal("geheim", web.Cameras.Tests.Items.Single().Credentials!.Password.Reveal());
    }

    [Fact]
    public async Task A_picture_tells_its_caption_and_may_be_kept_only_under_the_name_of_the_caption()
    {
        await using var web = await WebFixture.StartAsync();
        var picture = new CameraPicture(new CaptionId("cap_1"), new DateTimeOffset(2026, 1, 1, 6, 0, 0, TimeSpan.Zero), [9, 8]);
        web.Cameras.Pictures[(new CameraId("cam_1"), null)] = picture;
        web.Cameras.Pictures[(new CameraId("cam_1"), new CaptionId("cap_1"))] = picture;

        using var last = await web.SendRawAsync(HttpMethod.Get, "/api/cameras/cam_1/picture.jpg");
        using var named = await web.SendRawAsync(HttpMethod.Get, "/api/cameras/cam_1/picture.jpg?caption=cap_1");

        Assert.Equal("image/jpeg", last.Content.Headers.ContentType!.MediaType);
        Assert.Equal("cap_1", last.Headers.GetValues("X-Caption-Id").Single());
        Assert.StartsWith("2026-01-01T06:00:00", last.Headers.GetValues("X-Captured-At").Single(), StringComparison.Ordinal);
        Assert.True(last.Headers.CacheControl!.NoStore);
        Assert.Contains("immutable", named.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal([9, 8], await named.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
