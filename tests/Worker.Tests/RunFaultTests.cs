using System.Net.Sockets;
using Npgsql;
using Payments.Pipeline.Runs;

namespace Payments.Worker.Tests;

/// <summary>What each fault means for the run that meets it.</summary>
public sealed class RunFaultTests
{
    private const int NoSpaceLeft = 28;

    [Theory]
    [InlineData("08006", RunFault.Outage)] // connection failure
    [InlineData("53100", RunFault.Outage)] // disk full
    [InlineData("53200", RunFault.Outage)] // out of memory
    [InlineData("53300", RunFault.Outage)] // too many connections
    [InlineData("57P01", RunFault.Outage)] // admin shutdown
    [InlineData("57P02", RunFault.Outage)] // crash shutdown
    [InlineData("57P03", RunFault.Outage)] // starting up
    [InlineData("58030", RunFault.Outage)] // I/O error
    [InlineData("25006", RunFault.Outage)] // read-only standby
    [InlineData("3D000", RunFault.Outage)] // no such database
    [InlineData("28P01", RunFault.Outage)] // password refused
    [InlineData("40P01", RunFault.Transient)] // deadlock
    [InlineData("40001", RunFault.Transient)] // serialisation
    [InlineData("55P03", RunFault.Transient)] // lock not available
    [InlineData("57014", RunFault.Transient)] // query cancelled
    [InlineData("23514", RunFault.Permanent)] // check violation
    [InlineData("23505", RunFault.Permanent)] // unique violation
    [InlineData("42P01", RunFault.Permanent)] // undefined table
    [InlineData("42501", RunFault.Permanent)] // no right
    [InlineData("22003", RunFault.Permanent)] // number out of range
    [InlineData("P0001", RunFault.Permanent)] // raised by a function
    public void A_SQLSTATE_says_whether_waiting_helps(string state, RunFault expected) =>
        Assert.Equal(expected, RunFaults.Of(new PostgresException("…", "ERROR", "ERROR", state)));

    public static TheoryData<RunFault, Exception> Others => new()
    {
        { RunFault.Outage, new NpgsqlException("broken", new SocketException((int)SocketError.ConnectionRefused)) },
        { RunFault.Outage, new NpgsqlException("broken", new IOException("reset by peer")) },
        { RunFault.Outage, new IOException("No space left on device", NoSpaceLeft) },
        { RunFault.Outage, new InvalidOperationException("while staging", new IOException("No space left on device", NoSpaceLeft)) },
        { RunFault.Outage, new PostgresException("could not write init file", "FATAL", "FATAL", "XX000") },
        { RunFault.Transient, new NpgsqlException("slow", new TimeoutException()) },
        { RunFault.Transient, new IOException("a network share hiccups") },
        { RunFault.Permanent, new NpgsqlException("a bug of ours") },
        { RunFault.Permanent, new FileNotFoundException() },
        { RunFault.Permanent, new InvalidDataException("the spooled file is damaged") },
        { RunFault.Permanent, new InvalidOperationException() },
        { RunFault.Permanent, new AggregateException(new InvalidOperationException(), new NpgsqlException("broken", new IOException())) },
        { RunFault.Outage, new AggregateException(new NpgsqlException("broken", new IOException()), new NpgsqlException("broken", new IOException())) },
        { RunFault.Outage, new AggregateException(new OperationCanceledException("stopped, because load failed", new NpgsqlException("broken", new IOException())), new NpgsqlException("broken", new IOException())) },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void So_do_faults_of_connections_files_and_code(RunFault expected, Exception error) => Assert.Equal(expected, RunFaults.Of(error));
}
