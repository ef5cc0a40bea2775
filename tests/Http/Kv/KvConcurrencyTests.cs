using System.Text.Json;
using Praetor.Core.Mvcc;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Kv;

/// <summary>Reads while writers replace values faster than the history window keeps them.</summary>
public class KvConcurrencyTests
{
    private const int Keys = 300;

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(new TestServerOptions { History = new HistoryOptions(MaxIndexes: 0, MaxAgeMs: 0) });

    [Fact]
    public async Task A_list_is_always_whole_and_every_value_is_one_that_was_written()
    {
        await using TestServer server = await StartAsync();
        string filler = new('f', 1000);
        for (int i = 0; i < Keys; i++)
            await server.PutAsync($"/v1/kv/list/{i:D3}", $"0 {filler}");
        using var enough = new CancellationTokenSource();
        Task[] writers = [WriteAsync(server, filler, 1, enough.Token), WriteAsync(server, filler, 2, enough.Token)];
        for (int round = 0; round < 30; round++)
        {
            Reply reply = await server.GetAsync("/v1/kv/list/?recurse");
            Assert.Equal(200, reply.Status);
            JsonElement[] entries = [.. JsonDocument.Parse(reply.Bytes).RootElement.EnumerateArray()];
            Assert.Equal(Enumerable.Range(0, Keys).Select(i => $"list/{i:D3}"), entries.Select(entry => entry.GetProperty("Key").GetString()));
            Assert.All(entries, entry => Assert.EndsWith(filler, System.Text.Encoding.UTF8.GetString(entry.GetProperty("Value").GetBytesFromBase64()), StringComparison.Ordinal));
        }
        await enough.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_single_key_is_always_found()
    {
        await using TestServer server = await StartAsync();
        string filler = new('f', 3000);
        await server.PutAsync("/v1/kv/list/000", filler);
        using var enough = new CancellationTokenSource();
        Task writer = WriteAsync(server, filler, 1, enough.Token, keys: 1);
        foreach (string accepts in (string[])["identity", "gzip"])
        {
            long last = 0;
            for (int round = 0; round < 300; round++)
            {
                Reply reply = await server.GetAsync("/v1/kv/list/000", ("Accept-Encoding", accepts));
                Assert.Equal(200, reply.Status);
                Assert.True(reply.Index >= last);
                last = reply.Index;
            }
        }
        await enough.CancelAsync();
        await writer;
    }

    private static async Task WriteAsync(TestServer server, string filler, int seed, CancellationToken enough, int keys = Keys)
    {
        var random = new Random(seed);
        for (int n = 1; !enough.IsCancellationRequested; n++)
            await server.PutAsync($"/v1/kv/list/{random.Next(keys):D3}", $"{seed}-{n} {filler}");
    }
}
