(function () {
  'use strict';
  var controls = document.querySelector('.controls');
  if (!controls) { return; }
  controls.hidden = false;
  var gallery = document.querySelector('.gallery');
  var buttons = Array.from(controls.querySelectorAll('button'));
  var cards = Array.from(document.querySelectorAll('.card'));
  buttons.forEach(function (button) {
    button.addEventListener('click', function () {
      buttons.forEach(function (other) { other.setAttribute('aria-pressed', String(other === button)); });
      cards.forEach(function (card) { card.hidden = button.dataset.kind !== 'all' && card.dataset.kind !== button.dataset.kind; });
    });
  });
  document.getElementById('heat').addEventListener('input', function (event) {
    gallery.style.setProperty('--heat', event.target.value / 100);
  });
  var outline = document.getElementById('outline');
  if (outline) {
    outline.addEventListener('change', function () { gallery.classList.toggle('no-outline', !outline.checked); });
  }
}());
