using Praetor.Tests.Storage;

namespace Praetor.Tests.Cli;

/// <summary>services register and deregister (cli 8).</summary>
public class ServicesCommandTests
{
    private static async Task<(int Code, TestConsole Console, FakeAgent Agent)> RunAsync(int status, string answer, params string[] words)
    {
        await using var agent = new FakeAgent();
        agent.Answer("PUT /v1/agent/service/register", answer, status);
        agent.Answer("PUT /v1/agent/service/deregister/web", answer, status);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));
        return (await console.RunAsync(words), console, agent);
    }

    [Fact]
    public async Task Register_sends_what_the_flags_say()
    {
        var (code, console, agent) = await RunAsync(200, "", "services", "register", "-name=web", "-id=w1", "-port=0x50", "-tag=a", "-tag", "b", "-meta", "k=v",
            "-tagged-address", "lan=10.0.0.1:81", "-tagged-address=wan=[::1]:82", "-address=10.0.0.9");

        Assert.Equal(0, code);
        Assert.Equal("Registered service: web\n", console.Output);
        Assert.Equal("""{"Id":"w1","Name":"web","Address":"10.0.0.9","Port":80,"Tags":["a","b"],"Meta":{"k":"v"},"TaggedAddresses":{"lan":{"Address":"10.0.0.1","Port":81},"wan":{"Address":"::1","Port":82}}}""",
            agent.Bodies[0]);
    }

    [Fact]
    public async Task Register_sends_every_service_of_a_file_without_its_token()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "services.json");
        await File.WriteAllTextAsync(path,
            """{"services":[{"name":"web","token":"secret","enable_tag_override":true,"meta":{"a_b":"c"},"check":{"ttl":"10s","tls_skip_verify":true}},{"name":"api"}],"log_level":"warn"}""",
            TestContext.Current.CancellationToken);

        var (code, console, agent) = await RunAsync(200, "", "services", "register", path);

        Assert.Equal(0, code);
        Assert.Equal("Registered service: web\nRegistered service: api\n", console.Output);
        Assert.Equal("""{"Name":"web","EnableTagOverride":true,"Meta":{"a_b":"c"},"Check":{"Ttl":"10s","TlsSkipVerify":true}}""", agent.Bodies[0]);
    }

    [Theory]
    [InlineData("services register", "Service registration requires at least one argument or flags.")]
    [InlineData("services register -name=web x.json", "Service registration requires arguments or -id, not both.")]
    [InlineData("services register /nowhere/x.json", "Error: config: Open failed on /nowhere/x.json. open /nowhere/x.json: no such file or directory")]
    [InlineData("services register -name=web -address=10.0.0.1:80", "Invalid Service address when using CLI flags. Use -port flag instead: address should not contain port")]
    [InlineData("services register -name=web -address=10.0.0.1.2", "Invalid Service address when using CLI flags. Use -port flag instead: malformed IP address: 10.0.0.1.2")]
    [InlineData("services register -name=web -tagged-address=lan=1..2", "Invalid Tagged address: malformed IP address: 1..2")]
    [InlineData("services deregister", "Service deregistration requires at least one argument or -id.")]
    [InlineData("services deregister -id=web x.json", "Service deregistration requires arguments or -id, not both.")]
    public async Task What_cannot_be_sent_is_refused(string words, string error)
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync(words.Split(' ')));
        Assert.Equal(error + "\n", console.Error);
    }

    [Fact]
    public async Task A_refused_registration_names_the_service()
    {
        var (code, console, _) = await RunAsync(400, "Missing service name", "services", "register", "-name=web");

        Assert.Equal(1, code);
        Assert.Equal("Error registering service \"web\": Unexpected response code: 400 (Missing service name)\n", console.Error);
    }

    [Fact]
    public async Task Deregister_takes_an_id()
    {
        var (code, console, agent) = await RunAsync(200, "", "services", "deregister", "-id=web");

        Assert.Equal(0, code);
        Assert.Equal("Deregistered service: web\n", console.Output);
        Assert.Equal(["PUT /v1/agent/service/deregister/web"], agent.Requests);
    }

    [Fact]
    public async Task Deregister_tells_an_unknown_id()
    {
        var (_, console, _) = await RunAsync(404, "Unknown service ID \"web\". Ensure that the service ID is passed, not the service name.", "services", "deregister", "-id=web");

        Assert.Equal("Error deregistering service \"\": Unexpected response code: 404 (Unknown service ID \"web\". Ensure that the service ID is passed, not the service name.)\n",
            console.Error);
    }
}
