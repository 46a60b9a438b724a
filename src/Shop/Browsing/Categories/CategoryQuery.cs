using System.ComponentModel;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Shop.Browsing.Categories;

/// <summary>What a list of categories can be asked for.</summary>
public sealed class CategoryQuery : ListQuery
{
    [FromQuery(Name = "include_inactive"), Description("Staff only: also what is hidden.")]
    public bool? IncludeInactive { get; set; }
}
