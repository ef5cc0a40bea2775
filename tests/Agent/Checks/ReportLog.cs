using System.Threading.Channels;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

/// <summary>Keeps reports until a test asks for them.</summary>
internal sealed class ReportLog : ICheckReport
{
    private readonly Channel<(string CheckId, string Status, string Output)> _reports = Channel.CreateUnbounded<(string, string, string)>();

    public int Waiting => _reports.Reader.Count;

    public void Report(string checkId, string status, string output) => _reports.Writer.TryWrite((checkId, status, output));

    public async Task<(string CheckId, string Status, string Output)> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _reports.Reader.ReadAsync(limit.Token);
    }
}
