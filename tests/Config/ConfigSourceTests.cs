using Praetor.Api.Config;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Config;

/// <summary>Sources, precedence and merging (config 1).</summary>
public class ConfigSourceTests
{
    private static ConfigLoad Load(ConfigInput input) => ConfigLoader.Load(input, ConfigHarness.Host);

    private static string Write(TemporaryDirectory directory, string name, string text)
    {
        var path = Path.Combine(directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static ConfigValue Flags(params (string Path, ConfigValue Value)[] values)
    {
        var flags = ConfigValue.NewObject();
        foreach (var (path, value) in values)
            flags.SetPath(path, value);
        return flags;
    }

    [Fact]
    public void Fragments_win_over_flags_over_files_over_dev()
    {
        using var directory = new TemporaryDirectory();
        var first = Write(directory, "a.json", """{"log_level":"warn","node_name":"file1","domain":"d1","data_dir":"/x"}""");
        var second = Write(directory, "b.json", """{"node_name":"file2","ports":{"dns":1,"http":2}}""");

        var load = Load(new ConfigInput
        {
            DevMode = true,
            Paths = [first, second],
            Flags = Flags(("node_name", ConfigValue.Of("flag")), ("ports.http", ConfigValue.Of(3L))),
            Fragments = ["""{"ports":{"https":5}}""", """{"datacenter":"dc9"}"""],
        });

        Assert.Null(load.Error);
        Assert.Equal(("flag", "d1", "warn", "dc9"), (load.Config!.NodeName, load.Config.Dns.Domain, load.Config.Log.Level, load.Config.Datacenter));
        Assert.Equal((1, 3, 5, 8502), (load.Config.Ports.Dns, load.Config.Ports.Http, load.Config.Ports.Https, load.Config.Ports.Grpc));
    }

    [Fact]
    public void Lists_append_and_flags_come_first()
    {
        using var directory = new TemporaryDirectory();
        var first = Write(directory, "a.json", """{"data_dir":"/x","retry_join":["a","b"]}""");
        var second = Write(directory, "b.json", """{"start_join":["c"]}""");

        var load = Load(new ConfigInput
        {
            Paths = [first, second],
            Flags = Flags(("retry_join", ConfigValue.OfList(["flag"])), ("bind_addr", ConfigValue.Of("127.0.0.1"))),
            Fragments = ["""{"retry_join":["hcl"]}"""],
        });

        Assert.Equal(["flag", "a", "b", "c", "hcl"], load.Config!.Cluster.RetryJoin);
        Assert.Contains("The 'start_join' field is deprecated. Use the 'retry_join' field instead.", load.Warnings);
    }

    [Fact]
    public void Maps_overlay_and_single_definitions_become_elements()
    {
        using var directory = new TemporaryDirectory();
        var first = Write(directory, "a.json", """{"data_dir":"/x","bind_addr":"127.0.0.1","node_meta":{"a":"1","b":"2"},"service":{"name":"one"}}""");
        var second = Write(directory, "b.json", """{"node_meta":{"b":"3"},"services":[{"name":"two"}],"service":{"name":"three"}}""");

        var config = Load(new ConfigInput { Paths = [first, second] }).Config!;

        Assert.Equal("a=1 b=3", string.Join(' ', config.NodeMeta.Select(pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal(["one", "two", "three"], config.Registrations.Services.Select(service => service.Service.Name));
    }

    [Fact]
    public void A_directory_gives_its_files_in_byte_order_and_skips_what_it_does_not_know()
    {
        using var directory = new TemporaryDirectory();
        Write(directory, "b.json", """{"node_name":"b"}""");
        Write(directory, "B.json", """{"node_name":"B","data_dir":"/x","bind_addr":"127.0.0.1"}""");
        Write(directory, "empty.json", "");
        var readme = Write(directory, "README.txt", "hello");
        Directory.CreateDirectory(Path.Combine(directory.Path, "sub.json"));

        var load = Load(new ConfigInput { Paths = [directory.Path] });

        Assert.Equal("b", load.Config?.NodeName);
        Assert.Equal([$"skipping file {readme}, extension must be .hcl or .json, or config format must be set"], load.Warnings);
    }

    [Fact]
    public void A_format_applies_to_every_file()
    {
        using var directory = new TemporaryDirectory();
        var path = Write(directory, "config.txt", """{"node_name":"x","data_dir":"/x","bind_addr":"127.0.0.1"}""");

        Assert.Equal("x", Load(new ConfigInput { Paths = [path], Format = "json" }).Config?.NodeName);
        Assert.Equal($"file {path} has unknown extension; must be .hcl or .json, or config format must be set", Load(new ConfigInput { Paths = [path] }).Error);
        Assert.Equal("config: -config-format must be either 'hcl' or 'json'", Load(new ConfigInput { Paths = [path], Format = "yaml" }).Error);
    }

    [Fact]
    public void A_missing_path_is_fatal() => Assert.Equal(
        "config: Open failed on /nowhere/c.json. open /nowhere/c.json: no such file or directory", Load(new ConfigInput { Paths = ["/nowhere/c.json"] }).Error);

    [Fact]
    public void Json_is_accepted_inside_hcl_sources()
    {
        using var directory = new TemporaryDirectory();
        var path = Write(directory, "c.hcl", """  {"node_name":"x","data_dir":"/x","bind_addr":"127.0.0.1"}""");

        Assert.Equal("x", Load(new ConfigInput { Paths = [path] }).Config?.NodeName);
    }

    [Fact]
    public void Hcl_is_read_like_json()
    {
        string hcl = """
            node_name = "x"
            Ports { http = 1234, dns = -1 }
            node_meta { a = "b" }
            retry_join = ["one", "two"]
            service {
              name = "web"
              check { id = "c", ttl = "10s" }
              proxy { config { deep { x = 1 } } }
            }
            services { name = "one" }
            services { name = "two" }
            """;
        AgentConfig? config = Load(new ConfigInput { DevMode = true, Fragments = [hcl] }).Config;

        Assert.NotNull(config);
        Assert.Equal(("x", 1234, -1, "b"), (config.NodeName, config.Ports.Http, config.Ports.Dns, config.NodeMeta["a"]));
        Assert.Equal(["one", "two", "web"], config.Registrations.Services.Select(static service => service.Service.Name));
        Assert.Equal("""{"deep":{"x":1}}""", config.Registrations.Services[2].Service.Proxy?.ConfigJson);
    }

    [Theory]
    [InlineData("a = ", null)]
    [InlineData("node_name = yes", "failed to parse flags-0.hcl: At 1:13: Unknown token: 1:13 IDENT yes")]
    [InlineData("service \"web\" { port = 1 }", "failed to parse flags-0.hcl: 1 error occurred:\n\t* invalid config key service.web\n\n")]
    [InlineData("service { name = \"a\" } service { name = \"b\" }", "failed to parse flags-0.hcl: 1 error(s) decoding:\n\n* 'service' expected a map, got 'slice'")]
    [InlineData("ports { http = \"8500\" }", "failed to parse flags-0.hcl: 1 error(s) decoding:\n\n* 'ports.http' expected type 'int', got unconvertible type 'string', value: '8500'")]
    [InlineData("node_meta { a = 1 }", "failed to parse flags-0.hcl: 1 error(s) decoding:\n\n* 'node_meta[a]' expected type 'string', got unconvertible type 'int', value: '1'")]
    public void What_is_wrong_in_hcl_is_told(string fragment, string? error) => Assert.Equal(error, Load(new ConfigInput { DevMode = true, Fragments = [fragment] }).Error);
}
