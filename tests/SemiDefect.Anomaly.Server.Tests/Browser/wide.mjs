/** What reaches beyond the right edge, where that makes the page scroll; runs in the page. */
export function wide() {
  return document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth && !element.closest('.table-frame table'))
    .map(element => `${element.tagName} ${element.id} ${element.className}`);
}
