using System.Net;
using FastVlm.Pipeline.Alerts;

namespace FastVlm.Pipeline.Tests.Alerts;

public sealed class DestinationGuardTests
{
    private static readonly DestinationPolicy Everything = new() { AllowLoopback = true, AllowPrivateNetwork = true };

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:830::200e")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void Public_addresses_are_allowed_to_every_endpoint(string address) => Assert.Null(Judge(address, DestinationPolicy.Public));

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("192.168.255.255")]
    [InlineData("fc00::1")]
    [InlineData("fdff:ffff::1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("::10.1.2.3")]
    [InlineData("64:ff9b::10.1.2.3")]
    [InlineData("2002:c0a8:101::1")]
    public void Private_addresses_are_allowed_where_the_endpoint_says_so(string address)
    {
        Assert.Contains("private", Judge(address, new DestinationPolicy { AllowLoopback = true }), StringComparison.Ordinal);
        Assert.Null(Judge(address, new DestinationPolicy { AllowPrivateNetwork = true }));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b:1::127.0.0.1")]
    [InlineData("2002:7f00:1::")]
    public void Loopback_is_allowed_where_the_host_says_so_except_for_its_own_ports(string address)
    {
        var policy = new DestinationPolicy { AllowLoopback = true, OwnPorts = [8080] };

        Assert.Contains("loopback", Judge(address, new DestinationPolicy { AllowPrivateNetwork = true }), StringComparison.Ordinal);
        Assert.Null(Judge(address, policy));
        Assert.Contains("itself", DestinationGuard.Objection(IPAddress.Parse(address), 8080, policy), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("::")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("100.127.255.255")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("100::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001::1")]
    [InlineData("3fff::1")]
    [InlineData("4000::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("::ffff:0.0.0.0")]
    [InlineData("::ffff:224.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b::100.100.100.200")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:e000:1::")]
    public void Nothing_allows_addresses_that_no_receiver_has(string address) => Assert.NotNull(Judge(address, Everything));

    [Theory]
    [InlineData("192.168.7.5")]
    [InlineData("::ffff:192.168.7.5")]
    [InlineData("203.0.114.5")]
    public void The_platform_never_posts_to_its_own_port_on_any_address_of_its_machine(string address)
    {
        var policy = Everything with { OwnPorts = [8080], OwnAddresses = [IPAddress.Parse("192.168.7.5"), IPAddress.Parse("203.0.114.5")] };

        Assert.Contains("itself", DestinationGuard.Objection(IPAddress.Parse(address), 8080, policy), StringComparison.Ordinal);
        Assert.Null(DestinationGuard.Objection(IPAddress.Parse(address), 8081, policy));
    }

    /// <summary>The forms in which the C library takes an IPv4 address, which a check of the text alone would overlook.</summary>
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://metadata.localhost/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://2852039166/")]
    [InlineData("https://user:pass@[fe80::1]:8443/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    public void What_needs_no_look_up_is_refused_when_it_is_saved(string address) =>
        Assert.NotNull(DestinationGuard.Objection(new Uri(address), DestinationPolicy.Public));

    [Theory]
    [InlineData("https://hooks.example.com/a/b?c=d")]
    [InlineData("http://8.8.8.8:8080/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://localhost.example.com/")]
    [InlineData("https://127.0.0.1.example.com/")]
    public void Names_wait_for_their_look_up(string address) =>
        Assert.Null(DestinationGuard.Objection(new Uri(address), DestinationPolicy.Public));

    private static string? Judge(string address, DestinationPolicy policy) =>
        DestinationGuard.Objection(IPAddress.Parse(address), 443, policy);
}
