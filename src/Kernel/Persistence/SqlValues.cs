using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Persistence;

/// <summary>The parameters of one SQL text while it is put together.</summary>
public sealed class SqlValues
{
    private readonly List<NpgsqlParameter> _parameters = [];

    /// <summary>Its placeholder.</summary>
    public string Add(string value) => Add(new NpgsqlParameter { Value = value });

    public string Add(long value) => Add(new NpgsqlParameter { Value = value });

    public string Add(decimal value) => Add(new NpgsqlParameter { Value = value });

    public string Add(long[] values) => Add(new NpgsqlParameter { Value = values });

    public string Add(string[] values) => Add(new NpgsqlParameter { Value = values });

    public string Add(byte[] value) => Add(new NpgsqlParameter { Value = value });

    public string Add(DateTimeOffset value) => Add(new NpgsqlParameter { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });

    /// <summary>May be called again: a count and its page share their conditions.</summary>
    public NpgsqlCommand ToCommand(string sql, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter.Clone());
        return command;
    }

    private string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return $"${_parameters.Count}";
    }
}
