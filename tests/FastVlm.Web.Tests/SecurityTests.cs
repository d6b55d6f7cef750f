using System.Net;
using FastVlm.TestKit;

namespace FastVlm.Web.Tests;

public sealed class SecurityTests
{
    private const string Token = "correct-horse-battery-staple";

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("localhost:8080", 200)]
    [InlineData("192.168.1.5:8080", 200)]
    [InlineData("[::1]:8080", 200)]
    [InlineData("plant.example", 200)]
    [InlineData("PLANT.example:80", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    public async Task Only_known_names_are_answered(string host, int status)
    {
        await using var web = await WebFixture.StartAsync(options => options with { HostNames = ["plant.example"] });

        using var response = await SendAsync(web, HttpMethod.Get, "/api/cameras", ("Host", host));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/cameras/x/reconnect", "Origin", "http://evil.example", 403)]
    [InlineData("POST", "/api/cameras/x/reconnect", "Origin", "null", 403)]
    [InlineData("POST", "/api/cameras/x/reconnect", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("POST", "/api/cameras/x/reconnect", "Sec-Fetch-Site", "same-site", 403)]
    [InlineData("POST", "/api/cameras/x/reconnect", "Sec-Fetch-Site", "same-origin", 404)]
    [InlineData("POST", "/api/cameras/x/reconnect", "Origin", "http://HOST", 404)]
    [InlineData("DELETE", "/api/cameras/x", "Origin", "http://localhost:1", 403)]
    [InlineData("GET", "/hubs/live", "Origin", "http://evil.example", 403)]
    [InlineData("POST", "/hubs/live/negotiate?negotiateVersion=1", "Origin", "http://evil.example", 403)]
    [InlineData("POST", "/hubs/live/negotiate?negotiateVersion=1", "Origin", "http://HOST", 200)]
    [InlineData("GET", "/api/cameras", "Sec-Fetch-Site", "cross-site", 200)]
    public async Task Pages_of_other_sites_may_not_write_and_not_look_on(
        string method, string path, string header, string value, int status)
    {
        await using var web = await WebFixture.StartAsync();

        var own = value.Replace("HOST", web.Address.Authority, StringComparison.Ordinal);
        using var response = await SendAsync(web, new HttpMethod(method), path, (header, own));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_to_keep_to()
    {
        await using var web = await WebFixture.StartAsync();

        foreach (var path in (string[])["/", "/api/health", "/api/nothing", "/assets/none.js"])
        {
            using var response = await SendAsync(web, HttpMethod.Get, path);

            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("/api/cameras")]
    [InlineData("/api/cameras/x/live/index.m3u8")]
    [InlineData("/api/health")]
    [InlineData("/hubs/live")]
    [InlineData("/API/cameras")]
    [InlineData("/api/nothing")]
    public async Task A_token_is_asked_for_where_one_is_set(string path)
    {
        await using var web = await WebFixture.StartAsync(options => options with { AccessToken = Token });

        using var without = await SendAsync(web, HttpMethod.Get, path);
        using var wrong = await SendAsync(web, HttpMethod.Get, path, ("Authorization", "Bearer wrong"));
        using var right = await SendAsync(web, HttpMethod.Get, path, ("Authorization", $"Bearer {Token}"));

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task A_browser_signs_in_once_for_a_cookie_that_scripts_and_other_sites_cannot_use()
    {
        await using var web = await WebFixture.StartAsync(options => options with { AccessToken = Token });
        Assert.Equal("""{"tokenNeeded":true,"signedIn":false}""", (await web.GetAsync("/api/session")).Body!.ToJsonString());

        using var signIn = await web.SendRawAsync(HttpMethod.Post, "/api/session", new { token = Token });
        var cookie = signIn.Headers.GetValues("Set-Cookie").Single();
        var value = cookie.Split(';')[0];

        Assert.Equal(HttpStatusCode.NoContent, signIn.StatusCode);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        using var with = await SendAsync(web, HttpMethod.Get, "/api/cameras", ("Cookie", value));
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
        using var forged = await SendAsync(web, HttpMethod.Get, "/api/cameras", ("Cookie", value.Replace('.', '9') + ".x"));
        Assert.Equal(HttpStatusCode.Unauthorized, forged.StatusCode);

        web.Clock.Advance(TimeSpan.FromDays(31));
        using var late = await SendAsync(web, HttpMethod.Get, "/api/cameras", ("Cookie", value));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Fact]
    public async Task Who_guesses_tokens_has_to_wait()
    {
        await using var web = await WebFixture.StartAsync(options => options with { AccessToken = Token });
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await web.PostAsync("/api/session", new { token = $"{i}" })).Status);
        }

        using var blocked = await web.SendRawAsync(HttpMethod.Post, "/api/session", new { token = Token });
        Assert.Equal(HttpStatusCode.TooManyRequests, blocked.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), blocked.Headers.RetryAfter!.Delta);

        web.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.NoContent, (await web.PostAsync("/api/session", new { token = Token })).Status);
    }

    [Fact]
    public async Task The_hub_takes_the_token_of_a_program()
    {
        await using var web = await WebFixture.StartAsync(options => options with { AccessToken = Token });
        await using var browser = new LiveClient();

        await Assert.ThrowsAsync<InvalidOperationException>(() => browser.ConnectAsync(web.Address));
        await browser.ConnectAsync(web.Address, Token);

        Assert.NotNull(await browser.WatchAsync([]));
    }

    [Fact]
    public async Task The_dashboard_is_served_with_its_page_under_every_address_of_its_own()
    {
        using var folder = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(folder.FullPath, "assets"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullPath, "index.html"), "<p>page</p>", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullPath, "assets", "a-1.js"), "1", TestContext.Current.CancellationToken);
        await using var web = await WebFixture.StartAsync(
            options => options with { DashboardFolder = folder.FullPath, AccessToken = Token });

        using var page = await SendAsync(web, HttpMethod.Get, "/cameras/cam_1");
        using var script = await SendAsync(web, HttpMethod.Get, "/assets/a-1.js");
        using var absent = await SendAsync(web, HttpMethod.Get, "/assets/b.js");
        using var outside = await SendAsync(web, HttpMethod.Get, "/..%2f..%2fetc/passwd");

        Assert.Equal("<p>page</p>", await TextOf(page));
        Assert.True(page.Headers.CacheControl!.NoCache);
        Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.DoesNotContain("root:", await TextOf(outside), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dashboard_that_was_not_built_says_how_to_build_it()
    {
        await using var web = await WebFixture.StartAsync();

        using var page = await SendAsync(web, HttpMethod.Get, "/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("npm run build", await TextOf(page), StringComparison.Ordinal);
    }

    private static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> SendAsync(
        WebFixture web, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return web.Client.SendAsync(request).Within($"an answer to {method} {path}");
    }
}
