using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Shop.Orders.Reading;

/// <summary>What a list of orders can be asked for.</summary>
public sealed class OrderQuery : ListQuery
{
    [FromQuery(Name = "status"), Description("pending, paid, shipped, delivered or cancelled.")]
    public string? Status { get; set; }

    [FromQuery(Name = "search"), Description("Words that must all occur in the number, the name, email or phone of the buyer, or the SKU or name of something bought.")]
    public string? Search { get; set; }

    [FromQuery(Name = "created_after"), Description("Placed at this time or later.")]
    public QueryTime? CreatedAfter { get; set; }

    [FromQuery(Name = "created_before"), Description("Placed at this time or earlier.")]
    public QueryTime? CreatedBefore { get; set; }

    internal Problem? Check() => Status is null or "" || OrderStatus.All.Contains(Status)
        ? null
        : Problem.Invalid("status", "invalid_choice", string.Join(", ", OrderStatus.All));
}
